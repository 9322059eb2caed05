package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import java.util.ArrayList;
import java.util.List;

/** Tiles of {@code attn_forward_matrix} for a device that nobody has tuned. */
final class MatrixHeuristics {
    private MatrixHeuristics() {}

    /** Configurations to try, best first; none without a unit. */
    static List<Heuristics.Guess> guesses(MatrixUnit unit, AttentionSpec spec) {
        List<Heuristics.Guess> guesses = new ArrayList<>();
        if (unit == null) {
            return guesses;
        }
        int largest = Math.max(spec.headDim(), spec.valueDim());
        int subGroups = unit == MatrixUnit.DPAS8 ? 8 : 4;
        for (int tileKv = largest <= 64 ? 64 : largest <= 128 ? 32 : 16; tileKv >= 16; tileKv /= 2) {
            guesses.add(new Heuristics.Guess(
                    MatrixTiles.of(unit, subGroups, tileKv),
                    unit + ": " + subGroups + " sub-groups of " + unit.rows + " queries, " + tileKv
                            + " keys a tile for rows of up to " + largest));
        }
        guesses.add(new Heuristics.Guess(MatrixTiles.of(unit, 2, 16), unit + ", smallest tiles: local memory"));
        return guesses;
    }
}
