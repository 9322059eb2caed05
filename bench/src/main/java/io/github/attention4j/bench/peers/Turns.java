package io.github.attention4j.bench.peers;

import java.util.List;

/** Times contenders in turns, and those that were starved again. */
final class Turns {
    /** How often everybody who lacks good measurements gets another turn. */
    private static final int REPEATS = 3;

    private Turns() {}

    /** Somebody to be timed. */
    interface Player {
        /** Whether it is still in the game; one that failed is not. */
        boolean isTimed();

        /** About how long a call takes. */
        double millis();

        /** Its measurements so far. */
        Samples samples();

        /** Times so many calls in a row. */
        void measure(int calls);
    }

    static void take(List<? extends Player> players, PeerPace pace, Runnable afterRound) {
        for (int round = 0; round < pace.rounds(); round++) {
            for (int i = 0; i < players.size(); i++) {
                // Nobody always follows the same neighbour.
                measureIf(round, players.get((i + round) % players.size()), pace);
            }
            afterRound.run();
        }
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            for (Player player : players) {
                measureIf(player.samples().good(), player, pace);
            }
        }
    }

    private static void measureIf(int measured, Player player, PeerPace pace) {
        if (player.isTimed() && measured < pace.rounds(player.millis())) {
            pace.rest();
            player.measure(pace.calls(player.millis()));
        }
    }
}
