package io.github.attention4j.bench.peers;

import java.util.List;

/**
 * Times contenders in turns, and those that were starved again.
 *
 * @param rounds how often each contender has its turn, at most
 * @param sliceMillis how long a turn takes, about
 * @param warmUpShare which share of its time to warm up each is given
 */
public record TimingRounds(int rounds, double sliceMillis, double warmUpShare) {
    /** How often everybody who lacks good measurements gets another turn. */
    private static final int REPEATS = 3;

    private static final int MOST_CALLS = 100_000;
    /** How long one contender may take at one shape, if that leaves it {@link #FEWEST_ROUNDS}. */
    private static final double SHARE_MILLIS = 15_000;

    private static final int FEWEST_ROUNDS = 2;
    /** Threads of some libraries spin for a while after a call; they must not do so in another's time. */
    private static final long REST_MILLIS = 50;

    /** Somebody to be timed. */
    interface Timed {
        /** Whether it is still in the game; one that failed is not. */
        boolean isTimed();

        /** About how long a call takes. */
        double millis();

        /** Its measurements so far. */
        Samples samples();

        /** Times so many calls in a row. */
        void measure(int calls);
    }

    void take(List<? extends Timed> contenders, Runnable afterRound) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                // Nobody always follows the same neighbour.
                measureIf(round, contenders.get((i + round) % contenders.size()));
            }
            afterRound.run();
        }
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            contenders.forEach(each -> measureIf(each.samples().good(), each));
        }
    }

    private void measureIf(int measured, Timed each) {
        int calls = (int) Math.max(1, Math.min(MOST_CALLS, sliceMillis / each.millis()));
        double most = Math.max(FEWEST_ROUNDS, SHARE_MILLIS / (calls * each.millis()));
        if (each.isTimed() && measured < (int) Math.min(rounds, most)) {
            rest();
            each.measure(calls);
        }
    }

    private static void rest() {
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted between two measurements", e);
        }
    }
}
