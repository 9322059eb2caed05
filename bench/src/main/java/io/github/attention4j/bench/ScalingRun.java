package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Layout;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionOracle;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.scale.ScaleCases;
import io.github.attention4j.bench.scale.ScaleReport;
import io.github.attention4j.bench.scale.ScaleRow;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.Deadline;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the rate changes with length, heads, batch and threads. */
final class ScalingRun {
    private static final double MINUTES = 5;
    private static final long SEED = 2017;
    private static final int ROUNDS = 10;
    private static final double WARM_UP_MILLIS = 400;
    /** Each point is checked once, warmed up once or twice, and timed at least twice. */
    private static final int LEAST_CALLS = 5;
    /** The curve over length is the longest work; what it leaves is for the others. */
    private static final Map<Series, Double> SHARES =
            Map.of(Series.LENGTH, 0.55, Series.HEADS, 0.5, Series.BATCH, 0.5, Series.THREADS, 1.0);

    private static final String POCL = "Portable Computing Language";

    private final Bench.Input input;
    private final Bench.Output output;
    private final Checks checks = new Checks();
    private final List<ScaleRow> rows = new ArrayList<>();

    ScalingRun(Bench.Input input, Bench.Output output) {
        this.input = input;
        this.output = output;
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int run(PrintStream out) throws IOException {
        try (Engines engines = Engines.open(input.devices, input.families)) {
            List<AttentionEngine> all = engines.all().stream()
                    .filter(engine ->
                            !input.devices.isEmpty() || !engine.device().id().equals("reference"))
                    .toList();
            Machine machine = Machine.here(
                    all.stream().map(AttentionEngine::device).distinct().toList());
            machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
            double seconds = output.minutes(MINUTES) * 60;
            out.printf("%nMeasuring for about %.1f minutes...%n", seconds / 60);
            Deadline deadline = Deadline.inSeconds(seconds);
            try (Progress progress = Progress.of("measuring (seconds)", (long) seconds)) {
                Runnable afterStep = () -> progress.to((long) (seconds - deadline.secondsLeft()));
                for (int i = 0; i < all.size(); i++) {
                    curves(all.get(i), deadline.after(1.0 / (all.size() - i)), afterStep, out);
                }
            }
            finish(new ScaleReport(machine, rows), out);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }

    private void curves(AttentionEngine engine, Deadline deadline, Runnable afterStep, PrintStream out)
            throws IOException {
        double rate = rate(engine);
        for (Series series : List.of(Series.LENGTH, Series.HEADS, Series.BATCH)) {
            Deadline own = deadline.after(SHARES.get(series));
            for (int mask = 0; mask < 2; mask++) {
                boolean causal = mask == 1;
                curve(engine, series, causal, rate, own.after(causal ? 1 : 0.6), afterStep, out);
            }
        }
        threads(engine.device(), deadline, afterStep, out);
    }

    private static double rate(AttentionEngine engine) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(4).sequenceLength(256).headDim(64).build();
        try (Contender contender = new OptionContender(engine, problem(spec))) {
            Pace pace = new Pace(2, WARM_UP_MILLIS, WARM_UP_MILLIS);
            double millis = Interleaved.measure(List.of(contender), pace, () -> {}, () -> {})
                    .get(0)
                    .min();
            return Visible.flops(spec) / millis * 1e-6;
        }
    }

    private static OptionProblem problem(AttentionSpec spec) {
        return new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW).fill(SEED);
    }

    private void curve(
            AttentionEngine engine,
            Series series,
            boolean causal,
            double rate,
            Deadline deadline,
            Runnable afterStep,
            PrintStream out) {
        int points = ScaleCases.of(series, causal, output.quick, rate, 0).size();
        double forPoint = deadline.secondsLeft() * 1000 / points;
        List<AttentionSpec> specs = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        try {
            double left = deadline.secondsLeft() * 1000;
            for (AttentionSpec spec : ScaleCases.of(series, causal, output.quick, rate, forPoint / LEAST_CALLS)) {
                String what = engine.device().id() + " " + Problem.shape(spec);
                left -= LEAST_CALLS * ScaleCases.millis(spec, rate);
                if (left < 0) {
                    out.println("  left out for want of time, --minutes gives more: " + what);
                    continue;
                }
                OptionProblem problem = problem(spec);
                OptionContender contender = new OptionContender(engine, problem);
                contenders.add(contender);
                contender.run();
                Verdict verdict = new OptionOracle(problem).judge(contender);
                if (checks.add(what, verdict)) {
                    specs.add(spec);
                    errors.add(verdict.error());
                } else {
                    out.println("  not timed, because its answer is wrong: " + what);
                    contenders.remove(contender);
                    contender.close();
                }
                afterStep.run();
            }
            // Warming up is part of the time, and each point has its share of what is left of it.
            double share = Math.max(0, deadline.secondsLeft() * 1000 / points - WARM_UP_MILLIS);
            int rounds = output.rounds != null || output.quick ? output.rounds() : ROUNDS;
            Pace pace = new Pace(rounds, Math.min(WARM_UP_MILLIS, share), share);
            List<Timing> timings = Interleaved.measure(contenders, pace, afterStep, afterStep);
            for (int i = 0; i < specs.size(); i++) {
                rows.add(new ScaleRow(
                        series,
                        engine.device().id(),
                        specs.get(i),
                        0,
                        timings.get(i).median(),
                        errors.get(i)));
            }
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private void threads(Device device, Deadline deadline, Runnable afterStep, PrintStream out) throws IOException {
        if (device.type() != Device.Type.JAVA && !device.platform().contains(POCL)) {
            out.println("  no curve over threads for " + device.id()
                    + ": only pure Java and PoCL can be told how many compute units to use");
            return;
        }
        List<Integer> counts = new ArrayList<>();
        for (int threads = 1; threads < device.computeUnits(); threads *= 2) {
            counts.add(threads);
        }
        counts.add(device.computeUnits());
        double millis = Math.min(4000, deadline.secondsLeft() * 1000 / (2 * counts.size()) / 3);
        for (int mask = 0; mask < 2; mask++) {
            boolean causal = mask == 1;
            for (int threads : counts) {
                String what = device.id() + " with " + threads + " threads";
                if (deadline.isOver()) {
                    out.println("  left out for want of time, --minutes gives more: " + what);
                    continue;
                }
                List<String> arguments =
                        List.of(device.id(), "" + threads, "" + causal, "" + output.quick, "" + millis);
                String text = ChildJvm.run(
                        ScaleProbe.class, List.of(), Map.of("POCL_MAX_PTHREAD_COUNT", "" + threads), arguments);
                String[] found = ChildJvm.after(ScaleProbe.PREFIX, text).split(" ");
                requireUnits(threads, Integer.parseInt(found[3]), what);
                Verdict verdict = new Verdict(Double.parseDouble(found[1]), Double.parseDouble(found[2]));
                AttentionSpec spec = ScaleCases.of(Series.THREADS, causal, output.quick, 1, 0)
                        .get(0);
                if (checks.add(what + ", " + Problem.shape(spec), verdict)) {
                    rows.add(new ScaleRow(
                            Series.THREADS, device.id(), spec, threads, Double.parseDouble(found[0]), verdict.error()));
                }
                afterStep.run();
            }
        }
    }

    private static void requireUnits(int wanted, int got, String what) {
        if (wanted != got) {
            throw new IllegalStateException(
                    what + " was asked for, but the device has " + got + "; is POCL_MAX_PTHREAD_COUNT understood?");
        }
    }

    private void finish(ScaleReport report, PrintStream out) throws IOException {
        out.print("\n" + report.table().text());
        List<String> summary = new ArrayList<>(report.laws());
        summary.add(checks.summary());
        out.println("\n" + report.write(output.report, summary) + " is the report.");
        if (output.json != null) {
            JsonFile.write(output.json, report.json());
            out.println(output.json + " has the figures.");
        }
        summary.forEach(out::println);
    }
}
