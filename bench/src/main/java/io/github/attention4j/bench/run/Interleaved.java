package io.github.attention4j.bench.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Times contenders in turns, so that a slow moment of the machine meets all of them: in every round each one runs for
 * about {@value #SLICE_MILLIS} ms, at least once. Slow ones sit out later rounds.
 */
public final class Interleaved {
    private static final int SLICE_MILLIS = 20;
    private static final int MOST_CALLS = 200;
    /** A spell of warming up; it goes on while a spell brings a faster call than all before. */
    private static final double SPELL_MILLIS = 250;

    private static final double LONGEST_WARM_UP_MILLIS = 5000;

    private static final double FASTER = 0.9;
    /** Compilers count calls: so many are made, however slow, unless that takes longer than this. */
    private static final int WARM_UP_CALLS = 50;

    private static final double WARM_UP_CALLS_MILLIS = 2500;
    /** So that a slow baseline does not hold everybody up. */
    private static final double SHARE_MILLIS = 3000;

    private Interleaved() {}

    /**
     * How long it may take.
     *
     * @param rounds how often each contender has its turn, at most
     * @param warmUpMillis how long each is repeated before the first round, at most
     * @param shareMillis how long each may take in all rounds together, if that leaves it two rounds
     */
    public record Pace(int rounds, double warmUpMillis, double shareMillis) {
        /** Time enough to warm up anything. */
        public Pace(int rounds) {
            this(rounds, LONGEST_WARM_UP_MILLIS, SHARE_MILLIS);
        }

        /** This pace with another limit to all rounds together. */
        public Pace withShare(double shareMillis) {
            return new Pace(rounds, warmUpMillis, shareMillis);
        }

        /** This pace with another limit to warming up. */
        public Pace withWarmUp(double warmUpMillis) {
            return new Pace(rounds, warmUpMillis, shareMillis);
        }
    }

    /** The median call of one contender alone in milliseconds, warmed up for as long as it is timed. */
    public static double median(Contender contender, double forMillis) {
        Pace pace = new Pace(2, forMillis, forMillis);
        return measure(List.of(contender), pace, () -> {}).get(0).median();
    }

    /**
     * The times of all contenders, in their order.
     *
     * @param afterStep is called for each contender before the first round, and after each round
     */
    public static List<Timing> measure(List<Contender> contenders, Pace pace, Runnable afterStep) {
        List<Double> estimates = new ArrayList<>();
        for (Contender contender : contenders) {
            estimates.add(warmUp(contender, pace.warmUpMillis()));
            afterStep.run();
        }
        List<List<Double>> samples = contenders.stream()
                .map(c -> (List<Double>) new ArrayList<Double>())
                .toList();
        for (int round = 0; round < pace.rounds(); round++) {
            for (int i = 0; i < contenders.size(); i++) {
                int turn = (i + round) % contenders.size(); // nobody always runs after the same neighbour's heat
                double estimate = estimates.get(turn);
                int calls = (int) Math.max(1, Math.min(MOST_CALLS, SLICE_MILLIS / estimate));
                if (round < Math.max(2, pace.shareMillis() / (calls * estimate))) {
                    for (int call = 0; call < calls; call++) {
                        samples.get(turn).add(millis(contenders.get(turn)));
                    }
                }
            }
            afterStep.run();
        }
        return samples.stream().map(Timing::of).toList();
    }

    /**
     * Lets the JIT compiler, caches and clocks settle: until two spells in a row bring nothing. (The Vector API is a
     * hundred times slower until the last compiler has seen it, which takes a second on a busy machine.) The fastest
     * call in milliseconds.
     *
     * @param longest how many milliseconds it may take; one call is made in any case
     */
    public static double warmUp(Contender contender, double longest) {
        double best = Double.POSITIVE_INFINITY;
        double sum = 0;
        int idle = 0;
        int calls = 0;
        double forCalls = Math.min(longest, WARM_UP_CALLS_MILLIS);
        while (idle < 2 && sum < longest || calls < WARM_UP_CALLS && sum < forCalls) {
            double bestBefore = best;
            double end = sum + SPELL_MILLIS;
            while (sum < end) {
                double millis = millis(contender);
                best = Math.min(best, millis);
                sum += millis;
                calls++;
            }
            idle = best < bestBefore * FASTER ? 0 : idle + 1;
        }
        return best;
    }

    private static double millis(Contender contender) {
        long start = System.nanoTime();
        contender.run();
        return (System.nanoTime() - start) * 1e-6;
    }

    /**
     * Times of one contender in milliseconds.
     *
     * @param median half the calls were faster
     * @param min the fastest call
     * @param calls how many were timed
     */
    public record Timing(double median, double min, int calls) {
        static Timing of(List<Double> samples) {
            double[] sorted =
                    samples.stream().mapToDouble(each -> each).sorted().toArray();
            return new Timing(Quartiles.of(sorted).median(), sorted[0], sorted.length);
        }
    }
}
