package io.github.attention4j.bench.peers;

import java.util.List;

/** Times contenders in turns, and those that were starved again. */
final class TimingRounds {
    /** How often everybody who lacks good measurements gets another turn. */
    private static final int REPEATS = 3;

    private TimingRounds() {}

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

    static void take(List<? extends Timed> contenders, PeerPace pace, Runnable afterRound) {
        for (int round = 0; round < pace.rounds(); round++) {
            for (int i = 0; i < contenders.size(); i++) {
                // Nobody always follows the same neighbour.
                measureIf(round, contenders.get((i + round) % contenders.size()), pace);
            }
            afterRound.run();
        }
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            for (Timed each : contenders) {
                measureIf(each.samples().good(), each, pace);
            }
        }
    }

    private static void measureIf(int measured, Timed each, PeerPace pace) {
        if (each.isTimed() && measured < pace.rounds(each.millis())) {
            pace.rest();
            each.measure(pace.calls(each.millis()));
        }
    }
}
