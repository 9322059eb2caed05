package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.report.Result;
import io.github.attention4j.bench.report.Row;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.bench.run.PlainLoops;
import io.github.attention4j.testing.Budget;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lets all contenders compute a call, checks every answer, and times those that are right. */
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
     * @param keepSlow whether the slow baselines take part however large the call is
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
    Result run(Case call, Runnable afterRound) {
        Budget budget = call.budget();
        double flops = call.flops();
        try (CheckedRun run = new CheckedRun(checks::add, note -> notes.println("  " + note))) {
            for (AttentionEngine engine : engines.all()) {
                String id = engine.device().id();
                if (keepSlow || !id.equals("reference") || flops <= REFERENCE_LIMIT) {
                    String what = id + ": " + call.name() + " " + call.shape();
                    run.add(what, () -> new EngineContender(engine, call), contender -> contender.check(budget));
                }
            }
            if (keepSlow || flops <= LOOPS_LIMIT) {
                String what = PlainLoops.ENGINE + ": " + call.name() + " " + call.shape();
                run.add(what, () -> new PlainLoops(call), contender -> contender.check(budget));
            }
            return rows(call, run, run.time(new Pace(rounds), afterRound));
        }
    }

    private Result rows(Case call, CheckedRun run, List<Timing> timings) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < timings.size(); i++) {
            Contender contender = run.contenders().get(i);
            rows.add(new Row(
                    contender.engine(),
                    contender.device(),
                    contender.family(),
                    call.name(),
                    call.spec(),
                    timings.get(i),
                    deviceMillis(contender),
                    run.verdicts().get(i).error(),
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
}
