package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import io.github.attention4j.bench.timing.PrototypeDevice;
import io.github.attention4j.bench.timing.ReadBandwidth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** Checks and times one group of cases on one engine. */
public final class DecodeMeasurement {
    private DecodeMeasurement() {}

    /**
     * A row for each case whose answer is right; they are timed in turns, and with them on OpenCL devices a kernel that only reads: what memory
     * gives changes from moment to moment.
     *
     * @param checks takes what was checked and its verdict, and says whether it is good enough
     */
    public static List<DecodeRow> run(
            AttentionEngine engine, List<DecodeCase> group, Pace pace, BiPredicate<String, Verdict> checks) {
        List<Contender> contenders = new ArrayList<>();
        List<DecodeCase> right = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        try {
            for (DecodeCase problem : group) {
                Contender contender = new DecodeContender(engine, problem);
                contenders.add(contender);
                contender.run();
                Verdict verdict = DecodeOracle.judge(problem, contender.output());
                String what = engine.device().id() + " " + problem.shape() + " " + problem.typeName();
                if (checks.test(what, verdict)) {
                    right.add(problem);
                    errors.add(verdict.error());
                } else {
                    contenders.remove(contender);
                    contender.close();
                }
            }
            List<Timing> timings = time(engine, contenders, pace);
            double read = timings.size() > right.size()
                    ? ReadBandwidth.gigabytesPerSecond(timings.get(right.size()).median())
                    : Double.NaN;
            List<DecodeRow> rows = new ArrayList<>();
            for (int i = 0; i < right.size(); i++) {
                Contender contender = contenders.get(i);
                double millis = timings.get(i).median();
                rows.add(new DecodeRow(
                        right.get(i), contender.device(), contender.family(), millis, read, errors.get(i)));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** The times of all, and behind them where there is one that of the kernel that only reads. */
    private static List<Timing> time(AttentionEngine engine, List<Contender> contenders, Pace pace) {
        if (engine.device().type() == Device.Type.JAVA) {
            return Interleaved.measure(contenders, pace, () -> {}, () -> {});
        }
        try (PrototypeDevice device = new PrototypeDevice(engine.device().id());
                ReadBandwidth reading = new ReadBandwidth(device)) {
            List<Contender> all = new ArrayList<>(contenders);
            all.add(reading);
            return Interleaved.measure(all, pace, () -> {}, () -> {});
        }
    }
}
