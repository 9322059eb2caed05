package io.github.attention4j.bench.timing;

import java.util.ArrayList;
import java.util.List;

/** Times kernels by the device's own clock. */
public final class KernelClock {
    private static final int FEWEST = 3;
    private static final int MOST = 1000;

    private KernelClock() {}

    /** The median in milliseconds of as many runs as fit into so many milliseconds, at least three after one to warm up. */
    public static double median(Contender contender, double forMillis) {
        return Quartiles.of(race(List.of(contender), forMillis)[0]).median();
    }

    /**
     * Times contenders in turns, round by round, so that a slow moment of the machine meets all of them.
     *
     * @param forMillis for all of them together; they get at least three rounds after one to warm up
     * @return milliseconds by contender and round
     */
    public static double[][] race(List<Contender> contenders, double forMillis) {
        contenders.forEach(Contender::run); // clocks rise, caches fill
        List<double[]> rounds = new ArrayList<>();
        Deadline deadline = Deadline.inSeconds(forMillis * 1e-3);
        while (rounds.size() < MOST && (rounds.size() < FEWEST || !deadline.isOver())) {
            double[] times = new double[contenders.size()];
            for (int i = 0; i < times.length; i++) {
                int turn = (i + rounds.size()) % times.length; // nobody always runs after the same neighbour
                times[turn] = contenders.get(turn).deviceMillis();
            }
            rounds.add(times);
        }
        double[][] all = new double[contenders.size()][rounds.size()];
        for (int round = 0; round < rounds.size(); round++) {
            for (int i = 0; i < all.length; i++) {
                all[i][round] = rounds.get(round)[i];
            }
        }
        return all;
    }
}
