package io.github.attention4j.bench.card;

import io.github.attention4j.bench.timing.Contender;
import java.util.Arrays;

/** Times the kernel of a contender by the device's own clock. */
final class KernelClock {
    private static final int FEWEST = 3;
    private static final int MOST = 50;

    private KernelClock() {}

    /** The median in milliseconds of as many runs as fit into so many milliseconds, at least three after one to warm up. */
    static double median(Contender contender, double forMillis) {
        contender.run(); // clocks rise, caches fill
        double[] all = new double[MOST];
        int runs = 0;
        Deadline deadline = Deadline.inSeconds(forMillis * 1e-3);
        while (runs < MOST && (runs < FEWEST || !deadline.isOver())) {
            all[runs++] = contender.deviceMillis();
        }
        double[] sorted = Arrays.copyOf(all, runs);
        Arrays.sort(sorted);
        return (sorted[(runs - 1) / 2] + sorted[runs / 2]) / 2;
    }
}
