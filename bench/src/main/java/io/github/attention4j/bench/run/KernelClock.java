package io.github.attention4j.bench.run;

import java.util.Arrays;
import java.util.List;

/** Times kernels by the device's own clock. */
public final class KernelClock {
    private static final int FEWEST = 3;
    private static final int MOST = 1000;

    private KernelClock() {}

    /** Runs in a row that must bring nothing, and how much faster is something. */
    private static final int IDLE = 5;

    private static final double FASTER = 0.95;
    /** The part of the time for timing that settling may take, too, at most. */
    private static final double SETTLING = 0.5;

    /**
     * Lets clocks rise, caches fill, and drivers end what they do late to a fresh program: on GPUs, the first runs of
     * one can take many times as long as those after them. Ends when runs become no faster; one is made in any case.
     */
    static void settle(Contender contender, double longestMillis) {
        Deadline deadline = Deadline.inSeconds(longestMillis * 1e-3);
        contender.run();
        double best = Double.POSITIVE_INFINITY;
        int idle = 0;
        while (idle < IDLE && !deadline.isOver()) {
            double millis = contender.deviceMillis();
            idle = millis < best * FASTER ? 0 : idle + 1;
            best = Math.min(best, millis);
        }
    }

    /**
     * The median in milliseconds of as many runs as fit into so many milliseconds, at least three, once it has settled.
     */
    public static double median(Contender contender, double forMillis) {
        return Quartiles.of(race(List.of(contender), forMillis)[0]).median();
    }

    /**
     * Times contenders in turns, round by round, so that a slow moment of the machine meets all of them.
     *
     * @param forMillis for all of them together; they get at least three rounds, once they have settled
     * @return milliseconds by contender and round
     */
    public static double[][] race(List<Contender> contenders, double forMillis) {
        contenders.forEach(contender -> settle(contender, forMillis * SETTLING / contenders.size()));
        double[][] all = new double[contenders.size()][MOST];
        Deadline deadline = Deadline.inSeconds(forMillis * 1e-3);
        int rounds = 0;
        while (rounds < MOST && (rounds < FEWEST || !deadline.isOver())) {
            for (int i = 0; i < all.length; i++) {
                int turn = (i + rounds) % all.length; // nobody always runs after the same neighbour
                all[turn][rounds] = contenders.get(turn).deviceMillis();
            }
            rounds++;
        }
        for (int i = 0; i < all.length; i++) {
            all[i] = Arrays.copyOf(all[i], rounds);
        }
        return all;
    }
}
