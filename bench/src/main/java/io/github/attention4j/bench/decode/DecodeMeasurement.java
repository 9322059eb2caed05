package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.ReadBandwidth;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** Checks and times one group of cases on one engine. */
public final class DecodeMeasurement {
    private DecodeMeasurement() {}

    /**
     * A row for each case whose answer is right; they are timed in turns, and with them on OpenCL devices a kernel that
     * only reads: what memory gives changes from moment to moment. It also depends on which memory the system hands
     * out, and what was asked for first was slower by some 5 % on one machine. So there are two that read, one with
     * memory from before that of the cases and one from after, and their mean counts.
     *
     * @param checks takes what was checked and its verdict, and says whether it is good enough
     */
    public static List<DecodeRow> run(
            AttentionEngine engine, List<DecodeCase> group, Pace pace, BiPredicate<String, Verdict> checks) {
        if (engine.device().type() == Device.Type.JAVA) {
            return run(engine, null, group, pace, checks);
        }
        try (RawDevice device = new RawDevice(engine.device().id())) {
            return run(engine, device, group, pace, checks);
        }
    }

    /** {@code reads} is where the kernel that only reads runs, or null. */
    private static List<DecodeRow> run(
            AttentionEngine engine,
            RawDevice reads,
            List<DecodeCase> group,
            Pace pace,
            BiPredicate<String, Verdict> checks) {
        List<DecodeCase> right = new ArrayList<>();
        try (CheckedRun run = new CheckedRun(checks, note -> {})) {
            addReading(run, reads);
            for (DecodeCase problem : group) {
                String what = engine.device().id() + " " + problem.headCounts() + " " + problem.shape() + " "
                        + problem.typeName();
                if (run.add(what, () -> FilledCache.open(engine, problem), one -> DecodeOracle.check(problem, one))) {
                    right.add(problem);
                }
            }
            addReading(run, reads);
            return rows(right, run, run.time(pace, () -> {}), reads != null);
        }
    }

    private static void addReading(CheckedRun run, RawDevice reads) {
        if (reads != null) {
            run.addUnchecked(new ReadBandwidth(reads));
        }
    }

    private static List<DecodeRow> rows(List<DecodeCase> right, CheckedRun run, List<Timing> timings, boolean reads) {
        double rate = reads ? (rate(timings.get(0)) + rate(timings.get(timings.size() - 1))) / 2 : Double.NaN;
        List<DecodeRow> rows = new ArrayList<>();
        for (int i = 0; i < right.size(); i++) {
            int at = reads ? i + 1 : i;
            Contender contender = run.contenders().get(at);
            rows.add(new DecodeRow(
                    right.get(i),
                    contender.device(),
                    contender.family(),
                    timings.get(at).median(),
                    rate,
                    run.verdicts().get(at).error()));
        }
        return rows;
    }

    private static double rate(Timing reading) {
        return ReadBandwidth.gigabytesPerSecond(reading.median());
    }
}
