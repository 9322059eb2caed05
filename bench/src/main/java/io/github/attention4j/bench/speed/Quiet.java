package io.github.attention4j.bench.speed;

import io.github.attention4j.bench.report.Table;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How busy a machine is while this process rests: others then take from what is measured.
 *
 * @param loadAverage of the last minute, this process counted too; NaN if the system has none
 * @param busy how many processors worked meanwhile; NaN if the system does not say
 */
public record Quiet(double loadAverage, double busy) {
    /** With more than this part of a processor's time taken by others, a machine is not quiet. */
    private static final double MOST_BUSY = 0.25;

    private static final long REST_MILLIS = 1000;
    /** Its place in Linux's list of times; the next is idle, too: it waits for disks. */
    private static final int IDLE = 3;

    private static final int TIMES = 8; // the two behind them are counted twice

    /** Rests for a second and looks. */
    public static Quiet now() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        long[] before = times();
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while looking whether the machine is quiet", e);
        }
        double busy = busy(before, times(), Runtime.getRuntime().availableProcessors());
        return new Quiet(load < 0 ? Double.NaN : load, busy);
    }

    /** Processors that worked between two moments, of so many. */
    static double busy(long[] before, long[] after, int processors) {
        if (before.length == 0 || after.length == 0) {
            return Double.NaN;
        }
        long all = Arrays.stream(after).sum() - Arrays.stream(before).sum();
        long idle = after[IDLE] + after[IDLE + 1] - before[IDLE] - before[IDLE + 1];
        return all == 0 ? 0 : processors * (double) (all - idle) / all;
    }

    /** Linux counts what its processors did since it started; elsewhere there is nothing. */
    private static long[] times() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            return times(lines.findFirst().orElse(""));
        } catch (IOException e) {
            return new long[0];
        }
    }

    /** Of its line for all processors. */
    static long[] times(String line) {
        long[] times = Arrays.stream(line.split(" +"))
                .skip(1)
                .limit(TIMES)
                .mapToLong(Long::parseLong)
                .toArray();
        return times.length < TIMES ? new long[0] : times;
    }

    /** Whether others took little. Where that is not known nobody is told that they did. */
    public boolean isQuiet() {
        return !(busy > MOST_BUSY);
    }

    /** In words. */
    @Override
    public String toString() {
        return "load average " + Table.number("%.2f", loadAverage) + ", " + Table.number("%.2f", busy)
                + " processors busy with other things";
    }
}
