package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.RowLayout;
import java.util.List;

/**
 * Tiles of gradients for a device that nobody has tuned: those for which the vendor's compiler keeps two gradients and
 * both products of a tile in registers.
 */
final class MatrixBackwardGuesses {
    private MatrixBackwardGuesses() {}

    /** The configuration to try; none without a unit, or if rows are too long for the registers of its lanes. */
    static List<Guess> of(MatrixUnit best, AttentionSpec spec) {
        MatrixUnit unit = best == MatrixUnit.WGMMA ? MatrixUnit.MMA : best;
        int columns = Math.max(spec.headDim(), spec.valueDim());
        if (unit == null || columns > mostColumns(unit, spec)) {
            return List.of();
        }
        boolean isWide = isPlain(spec) && !spec.has(Operand.BLOCK_MASK); // which looks up each pair's block
        MatrixBackwardConfig tiles =
                switch (unit) {
                    case MMA ->
                        columns <= 64
                                ? config(unit, 4, isWide ? 32 : 16, isWide)
                                : config(unit, 2, isWide ? 32 : 16, false);
                    case MFMA -> config(unit, 4, columns <= 64 && isPlain(spec) ? 32 : 16, true);
                    case WMMA -> config(unit, 4, 16, false);
                    case WMMA12 -> config(unit, 4, columns <= 64 && isPlain(spec) ? 32 : 16, false);
                    case DPAS8 -> config(unit, 8, 16, false);
                    default -> config(unit, 4, 16, false);
                };
        return List.of(new Guess(
                tiles,
                unit + ": " + tiles.products().tileKv() + " rows a tile keep gradients of " + columns
                        + " columns in registers"));
    }

    private static MatrixBackwardConfig config(MatrixUnit unit, int subGroups, int tileKv, boolean isOwnKept) {
        return new MatrixBackwardConfig(MatrixConfig.of(unit, subGroups, tileKv), isOwnKept);
    }

    /** Whether a score is its dot product times a number: terms of pairs take registers. */
    private static boolean isPlain(AttentionSpec spec) {
        return spec.softcap() == 0
                && spec.score() == null
                && !spec.has(Operand.ALIBI_SLOPES)
                && !RowLayout.hasPairs(spec)
                && !spec.has(Operand.DROPOUT_STATE);
    }

    /** The longest rows whose gradients fit, by the vendors' offline compilers; 0 where none do. */
    private static int mostColumns(MatrixUnit unit, AttentionSpec spec) {
        return switch (unit) {
            case MMA, MFMA, WGMMA -> 128;
            case WMMA12 -> isPlain(spec) ? 128 : 64;
            case WMMA -> 64;
            // Intel's compiler puts arrays of the others into memory.
            case DPAS8, DPAS16 -> isPlain(spec) && spec.operand(Operand.KEY).dtype() == DType.F16 ? 64 : 0;
        };
    }
}
