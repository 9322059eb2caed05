package io.github.attention4j.bench.peers;

/**
 * How long a run may take.
 *
 * @param rounds how often each contender has its turn, at most
 * @param sliceMillis how long a turn takes, about
 * @param warmUpShare which share of its time to warm up each is given
 */
public record PeerPace(int rounds, double sliceMillis, double warmUpShare) {
    private static final int MOST_CALLS = 100_000;
    /** How long one contender may take at one shape, if that leaves it {@link #FEWEST_ROUNDS}. */
    private static final double SHARE_MILLIS = 15_000;

    private static final int FEWEST_ROUNDS = 2;
    /** Threads of some libraries spin for a while after a call; they must not do so in another's time. */
    private static final long REST_MILLIS = 50;

    /** Calls in a turn of a contender that takes so long for one. */
    int calls(double millis) {
        return (int) Math.max(1, Math.min(MOST_CALLS, sliceMillis / millis));
    }

    /** TimingRounds of a contender that takes so long for a call. */
    int rounds(double millis) {
        double most = SHARE_MILLIS / (calls(millis) * millis);
        return (int) Math.min(rounds, Math.max(FEWEST_ROUNDS, most));
    }

    /** Waits until nobody's threads spin. */
    void rest() {
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted between two measurements", e);
        }
    }
}
