package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import io.github.attention4j.bench.timing.RawDevice;
import io.github.attention4j.bench.timing.ReadBandwidth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** Checks and times one group of cases on one engine. */
public final class DecodeMeasurement {
    private DecodeMeasurement() {}

    /**
     * A row for each case whose answer is right; they are timed in turns, and with them on OpenCL devices a kernel that only reads: what memory
     * gives changes from moment to moment. It also depends on which memory the system hands out, and what was asked for first was slower by some
     * 5 % on one machine. So there are two that read, one with memory from before that of the cases and one from after, and their mean counts.
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
        List<Contender> contenders = new ArrayList<>();
        List<DecodeCase> right = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        try {
            if (reads != null) {
                contenders.add(new ReadBandwidth(reads));
            }
            for (DecodeCase problem : group) {
                Contender contender = new DecodeContender(engine, problem);
                contenders.add(contender);
                contender.run();
                Verdict verdict = DecodeOracle.judge(problem, contender.output());
                String what = engine.device().id() + " " + problem.headCounts() + " " + problem.shape() + " "
                        + problem.typeName();
                if (checks.test(what, verdict)) {
                    right.add(problem);
                    errors.add(verdict.error());
                } else {
                    contenders.remove(contender);
                    contender.close();
                }
            }
            if (reads != null) {
                contenders.add(new ReadBandwidth(reads));
            }
            List<Timing> timings = Interleaved.measure(contenders, pace, () -> {}, () -> {});
            int first = reads == null ? 0 : 1;
            double rate =
                    reads == null ? Double.NaN : (rate(timings.get(0)) + rate(timings.get(timings.size() - 1))) / 2;
            List<DecodeRow> rows = new ArrayList<>();
            for (int i = 0; i < right.size(); i++) {
                Contender contender = contenders.get(first + i);
                double millis = timings.get(first + i).median();
                rows.add(new DecodeRow(
                        right.get(i), contender.device(), contender.family(), millis, rate, errors.get(i)));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static double rate(Timing reading) {
        return ReadBandwidth.gigabytesPerSecond(reading.median());
    }
}
