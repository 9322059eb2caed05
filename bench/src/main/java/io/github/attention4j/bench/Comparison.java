package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.report.Result;
import io.github.attention4j.bench.report.Row;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.EngineContender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import io.github.attention4j.bench.timing.KernelClock;
import io.github.attention4j.bench.timing.PlainContender;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lets all contenders compute a problem, checks every answer, and times those that are right. */
final class Comparison {
    /** Above this many operations a baseline would hold everybody up, and sits out. */
    private static final double REFERENCE_LIMIT = 1e9;

    private static final double LOOPS_LIMIT = 4e9;
    /** How long each contender runs for the device's own clock. */
    private static final double DEVICE_CLOCK_MILLIS = 50;

    private final Engines engines;
    private final Map<String, Double> peaks;
    private final int rounds;
    private final boolean keepSlow;
    private final Checks checks;
    private final PrintStream notes;

    /**
     * @param peaks what multiply-adds alone reach on OpenCL devices, in GFLOP/s by their ids
     * @param keepSlow whether the slow baselines take part however large the problem is
     */
    Comparison(
            Engines engines,
            Map<String, Double> peaks,
            int rounds,
            boolean keepSlow,
            Checks checks,
            PrintStream notes) {
        this.engines = engines;
        this.peaks = peaks;
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
                    deviceMillis(contender),
                    verdicts.get(i).error(),
                    peak(contender.device())));
        }
        return new Result(List.copyOf(rows));
    }

    private static double deviceMillis(Contender contender) {
        return Double.isNaN(contender.deviceMillis()) ? Double.NaN : KernelClock.median(contender, DEVICE_CLOCK_MILLIS);
    }

    /** What runs in Java runs on the processor, whose rate an OpenCL driver for it tells. */
    private double peak(String device) {
        boolean inJava = device.equals("java") || device.equals("reference");
        return peaks.getOrDefault(inJava ? Limits.PROCESSOR : device, Double.NaN);
    }

    private List<Contender> contenders(Problem problem) {
        double flops = Visible.flops(problem.spec());
        List<Contender> contenders = new ArrayList<>();
        for (AttentionEngine engine : engines.all()) {
            boolean isFast = !engine.device().id().equals("reference");
            if (isFast || keepSlow || flops <= REFERENCE_LIMIT) {
                addEngine(contenders, engine, problem);
            }
        }
        if (keepSlow || flops <= LOOPS_LIMIT) {
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
