package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.report.Result;
import io.github.attention4j.bench.report.Row;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.EngineContender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import io.github.attention4j.bench.timing.PlainContender;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Lets all contenders compute a problem, checks every answer, and times those that are right. */
final class Comparison {
    /** Above this many operations a baseline would hold everybody up, and sits out. */
    private static final double REFERENCE_LIMIT = 1e9;

    private static final double LOOPS_LIMIT = 4e9;

    private final Engines engines;
    private final Prototypes prototypes;
    private final int rounds;
    private final boolean keepSlow;
    private final Checks checks;
    private final PrintStream notes;

    /** @param keepSlow whether the slow baselines take part however large the problem is */
    Comparison(Engines engines, Prototypes prototypes, int rounds, boolean keepSlow, Checks checks, PrintStream notes) {
        this.engines = engines;
        this.prototypes = prototypes;
        this.rounds = rounds;
        this.keepSlow = keepSlow;
        this.checks = checks;
        this.notes = notes;
    }

    /** One row for each contender whose answer was right, in the order of the devices; baselines last. */
    Result run(Problem problem, Runnable afterRound) {
        Oracle oracle = Oracle.of(engines.reference(), problem);
        List<Contender> contenders = contenders(problem);
        try {
            List<Contender> right = new ArrayList<>();
            List<Verdict> verdicts = new ArrayList<>();
            for (Contender contender : contenders) {
                contender.run();
                Verdict verdict = oracle.judge(contender.output());
                String what = contender.device() + " (" + contender.engine() + ", " + contender.family() + "): "
                        + problem.name() + " " + Problem.shape(problem.spec());
                if (checks.add(what, verdict)) {
                    right.add(contender);
                    verdicts.add(verdict);
                } else {
                    notes.println("  not timed, because its answer is wrong: " + what);
                }
            }
            return time(problem, right, verdicts, afterRound);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private Result time(Problem problem, List<Contender> contenders, List<Verdict> verdicts, Runnable afterRound) {
        List<Timing> timings = Interleaved.measure(contenders, rounds, afterRound);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            Contender contender = contenders.get(i);
            rows.add(new Row(
                    contender.engine(),
                    contender.device(),
                    contender.family(),
                    problem.name(),
                    problem.spec(),
                    timings.get(i),
                    contender.deviceMillis(),
                    verdicts.get(i).error()));
        }
        return new Result(List.copyOf(rows));
    }

    private List<Contender> contenders(Problem problem) {
        double flops = Visible.flops(problem.spec());
        boolean noPrototypes = prototypes.options().isEmpty();
        List<Contender> contenders = new ArrayList<>();
        for (AttentionEngine engine : engines.all()) {
            boolean isFast = !engine.device().id().equals("reference");
            if (isFast || keepSlow || noPrototypes && flops <= REFERENCE_LIMIT) {
                addEngine(contenders, engine, problem);
            }
        }
        contenders.addAll(prototypes.contenders(problem));
        if (keepSlow || noPrototypes && flops <= LOOPS_LIMIT) {
            contenders.add(new PlainContender(problem));
        }
        return contenders;
    }

    /** A device that cannot run a problem is a fact to report, not an error of the run. */
    private void addEngine(List<Contender> contenders, AttentionEngine engine, Problem problem) {
        try {
            contenders.add(new EngineContender(engine, problem));
        } catch (UnsupportedByDeviceException e) {
            notes.println(
                    "  " + engine.device().id() + " sits out " + Problem.shape(problem.spec()) + ": " + e.getMessage());
        }
    }
}
