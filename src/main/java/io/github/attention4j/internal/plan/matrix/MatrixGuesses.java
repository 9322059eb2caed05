package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.family.Family.Guess;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles of {@code attn_forward_matrix} for a device that nobody has tuned: the most keys a tile for which the vendor's
 * compiler keeps everything in registers. What does not fit with 16 keys is no guess.
 */
final class MatrixGuesses {
    private MatrixGuesses() {}

    /**
     * Configurations to try, best first; none without a unit, or if rows are too long for the registers of its lanes.
     */
    static List<Guess> of(MatrixUnit unit, AttentionSpec spec) {
        List<Guess> guesses = new ArrayList<>();
        if (unit == MatrixUnit.WGMMA) {
            addWarpgroups(guesses, spec);
            guesses.addAll(of(MatrixUnit.MMA, spec));
            guesses.addAll(BulkGuesses.of(spec)); // last, for no card has run them: the tuner finds them here
            return guesses;
        }
        int columns = Math.max(spec.headDim(), spec.valueDim());
        if (unit == null || columns > mostColumns(unit)) {
            return guesses;
        }
        int subGroups = unit == MatrixUnit.DPAS8 ? 8 : 4;
        // NVIDIA's chips all have local memory for the largest tiles, and shorter ones spill on sm_80.
        int mostKeys = mostKeys(unit, columns, spec);
        int leastKeys = unit == MatrixUnit.MMA ? mostKeys : 16;
        for (int tileKv = mostKeys; tileKv >= leastKeys; tileKv /= 2) {
            guesses.add(new Guess(
                    MatrixConfig.of(unit, subGroups, tileKv),
                    unit + ": " + tileKv + " keys a tile keep rows of " + columns + " columns in registers"));
        }
        if (unit != MatrixUnit.MMA) {
            guesses.add(new Guess(MatrixConfig.of(unit, 2, 16), unit + ", smallest tiles: local memory"));
        }
        return guesses;
    }

    private static void addWarpgroups(List<Guess> guesses, AttentionSpec spec) {
        int columns = Math.max(spec.headDim(), spec.valueDim());
        if (columns <= mostColumns(MatrixUnit.WGMMA)) {
            int subGroups = 8;
            int tileKv = 64;
            guesses.add(new Guess(
                    MatrixConfig.of(MatrixUnit.WGMMA, subGroups, tileKv),
                    "WGMMA: " + subGroups / 4 + " warpgroups with " + tileKv + " keys a tile keep rows of " + columns
                            + " columns in registers"));
        }
    }

    /** The longest rows whose outputs fit into the registers of the unit's lanes, by the vendors' offline compilers. */
    static int mostColumns(MatrixUnit unit) {
        return switch (unit) {
            case MFMA -> 256;
            case WGMMA -> 192;
            case MMA, WMMA, WMMA12 -> 128;
            case DPAS8, DPAS16 -> 64;
        };
    }

    private static int mostKeys(MatrixUnit unit, int columns, AttentionSpec spec) {
        return switch (unit) {
            case MMA -> spec.has(Operand.BLOCK_MASK) ? 32 : 64; // what a row sees of a tile's blocks takes registers
            case WGMMA -> 64;
            case MFMA -> columns <= 64 ? 64 : columns <= 128 ? 32 : 16;
            case WMMA -> columns <= 64 ? 32 : 16;
            case WMMA12 -> columns <= 64 ? 64 : 16;
            case DPAS8, DPAS16 -> 32;
        };
    }
}
