package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.CheckedRun.Timed;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.ReadBandwidth;
import io.github.attention4j.testing.Verdict;
import java.util.List;
import java.util.function.BiPredicate;

/** Checks and times one group of cases on one engine. */
public final class DecodeMeasurement {
    private DecodeMeasurement() {}

    /** Beside the device itself if it is one of OpenCL: a row for each case whose answer is right. */
    public static List<DecodeRow> run(
            AttentionEngine engine, List<DecodeCase> group, Pace pace, BiPredicate<String, Verdict> checks) {
        Device device = engine.device();
        return run(engine, group, device.type() == Device.Type.JAVA ? null : device.id(), pace, checks);
    }

    /**
     * A row for each case whose answer is right; they are timed in turns, and with them a kernel that only reads: what
     * memory gives changes from moment to moment. It also depends on which memory the system hands out, and what was
     * asked for first was slower by some 5 % on one machine. So there are two that read, one with memory from before
     * that of the cases and one from after, and their mean counts.
     *
     * @param reader the OpenCL device that reads, or null for none
     * @param checks takes what was checked and its verdict, and says whether it is good enough
     */
    public static List<DecodeRow> run(
            AttentionEngine engine,
            List<DecodeCase> group,
            String reader,
            Pace pace,
            BiPredicate<String, Verdict> checks) {
        String device = engine.device().id();
        try (RawDevice reads = reader == null ? null : new RawDevice(reader);
                CheckedRun<DecodeCase> run = new CheckedRun<>(checks, note -> {})) {
            addReading(run, reads);
            for (DecodeCase problem : group) {
                String what = device + " " + problem.headCounts() + " " + problem.shape() + " " + problem.typeName();
                run.add(
                        problem,
                        what,
                        () -> FilledCache.open(engine, problem),
                        one -> DecodeOracle.check(problem, one));
            }
            addReading(run, reads);
            List<Timed<DecodeCase>> timed = run.time(pace, () -> {});
            double rate = timed.stream()
                    .filter(each -> each.key() == null)
                    .mapToDouble(each ->
                            ReadBandwidth.gigabytesPerSecond(each.timing().median()))
                    .average()
                    .orElse(Double.NaN);
            return timed.stream()
                    .filter(each -> each.key() != null)
                    .map(each -> new DecodeRow(
                            each.key(),
                            device,
                            each.contender().family(),
                            each.timing().median(),
                            rate,
                            each.verdict().error()))
                    .toList();
        }
    }

    /** Under no case's name. */
    private static void addReading(CheckedRun<DecodeCase> run, RawDevice reads) {
        if (reads != null) {
            run.addUnchecked(null, new ReadBandwidth(reads));
        }
    }
}
