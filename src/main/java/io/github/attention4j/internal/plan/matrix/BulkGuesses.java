package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.plan.family.Family.Guess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tiles that Hopper's copy engine brings, step by step: copies alone, then with a producer, then in turns. No card has
 * run them, so nothing is taken that a tuning row does not name; they are there for the tuner to begin with.
 */
final class BulkGuesses {
    private static final int KEYS = 128;
    private static final int SHORT_ROWS = 64;

    private BulkGuesses() {}

    static List<Guess> of(AttentionSpec spec) {
        List<Guess> guesses = new ArrayList<>();
        int columns = Math.max(spec.headDim(), spec.valueDim());
        if (BulkConfig.requestObstacle(spec).isPresent() || columns > MatrixGuesses.mostColumns(MatrixUnit.WGMMA)) {
            return guesses;
        }
        int keys = columns <= 2 * SHORT_ROWS ? KEYS : KEYS / 2; // two tiles of each fit
        add(guesses, 8, keys, false, false);
        add(guesses, 8, keys, true, false);
        add(guesses, 8, keys, true, true);
        add(guesses, 12, columns <= SHORT_ROWS ? KEYS : KEYS / 2, true, true);
        return guesses;
    }

    private static void add(List<Guess> guesses, int subGroups, int keys, boolean hasProducer, boolean doTakeTurns) {
        MatrixConfig products = MatrixConfig.of(MatrixUnit.WGMMA, subGroups, keys);
        String how = !hasProducer ? "" : doTakeTurns ? ", a producer and turns" : " and a producer";
        guesses.add(new Guess(
                new BulkConfig(products, 2, hasProducer, doTakeTurns),
                MatrixUnit.WGMMA + " with tiles that the copy engine brings" + how));
    }

    /** What is said of it where it could be taken. */
    static Optional<String> remark(MatrixUnit unit, AttentionSpec spec) {
        return unit == MatrixUnit.WGMMA && !of(spec).isEmpty()
                ? Optional.of("not the copy engine unless a tuning row says " + BulkConfig.STAGES
                        + "=...: no card has measured it yet; bench/run tune or card does")
                : Optional.empty();
    }
}
