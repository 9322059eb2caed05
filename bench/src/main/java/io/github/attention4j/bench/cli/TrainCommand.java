package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.train.TrainingReport;
import io.github.attention4j.bench.train.TrainingRun;
import io.github.attention4j.examples.dates.AttentionForm;
import io.github.attention4j.examples.dates.Training.Moment;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A small encoder-decoder learns to read dates, in each form of attention. */
record TrainCommand(Arguments arguments) {
    private static final List<String> DEVICES = List.of("cpu:0");
    private static final int STEPS = 500;
    private static final int QUICK_STEPS = 20;
    private static final int SECONDS = 60;
    /** So many lines about a training where there is no bar. */
    private static final int LINES = 10;
    /** What has to be right of the dates that were never seen, after a whole training. */
    private static final double GOAL = 0.98;

    /** The exit status: 0, or 1 if too little was learnt. */
    int run(PrintStream out) throws IOException {
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            Machine machine = engines.machine();
            machine.print(out);
            List<TrainingRun> runs = new ArrayList<>();
            for (AttentionEngine engine : engines.all()) {
                for (AttentionForm form : forms()) {
                    runs.add(train(form, engine, out));
                }
            }
            out.println("\n" + TrainingReport.table(runs).text());
            List<String> summary = runs.stream().map(this::verdict).toList();
            summary.forEach(out::println);
            Output.write(arguments, TrainingReport.of(machine, summary, runs), "train.html", out);
            return runs.stream().allMatch(this::isGood) ? 0 : 1;
        }
    }

    private List<AttentionForm> forms() {
        String form = arguments.has("--form") ? arguments.text("--form").toUpperCase(Locale.ROOT) : "ALL";
        return Arrays.stream(AttentionForm.values())
                .filter(each -> form.equals("ALL") || form.equals(each.name()))
                .toList();
    }

    private TrainingRun train(AttentionForm form, AttentionEngine engine, PrintStream out) {
        int steps = arguments.number("--steps", arguments.has("--quick") ? QUICK_STEPS : STEPS);
        int seconds = arguments.number("--seconds", SECONDS);
        String task = form.label() + " on " + engine.device().id();
        boolean hasBar = Progress.isShown();
        if (!hasBar) {
            out.println("\n" + task);
        }
        try (Progress progress = new Progress(task, steps)) {
            return TrainingRun.of(form, engine, arguments.number("--seed", 1), steps, seconds, moment -> {
                progress.step(String.format(Locale.ROOT, ", loss %.4f", moment.loss()));
                if (!hasBar && moment.step() % Math.max(1, steps / LINES) == 0) {
                    out.println(line(moment, steps));
                }
            });
        }
    }

    private static String line(Moment moment, int steps) {
        return String.format(
                Locale.ROOT,
                "  step %d of %d, %.1f s, loss %.4f",
                moment.step(),
                steps,
                moment.seconds(),
                moment.loss());
    }

    /** Only a training that nobody cut short has to reach the goal. */
    private boolean isWhole() {
        return !arguments.has("--quick") && !arguments.has("--steps") && !arguments.has("--seconds");
    }

    private boolean isGood(TrainingRun run) {
        return isWhole() ? run.answers().accuracy() >= GOAL : run.isBetter();
    }

    private String verdict(TrainingRun run) {
        String verdict = String.format(
                Locale.ROOT,
                "%s on %s: %.1f %% of %,d dates that it never saw are right",
                run.form().label(),
                run.device(),
                100 * run.answers().accuracy(),
                run.answers().asked());
        if (!isWhole()) {
            return verdict + (run.isBetter() ? "; this was a short training." : "; it learnt NOTHING.");
        }
        return verdict + (isGood(run) ? "." : String.format(Locale.ROOT, ", which is LESS than %.0f %%.", 100 * GOAL));
    }
}
