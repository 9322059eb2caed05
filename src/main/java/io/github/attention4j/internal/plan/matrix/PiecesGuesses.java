package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.RowLayout;
import java.util.List;
import java.util.Optional;

/**
 * When f32 in pieces of bf16 is worth it, by the makers' figures: six products on the unit against one of multiply-adds
 * of f32. Where they do not say so, a row of a tuning table does.
 */
final class PiecesGuesses {
    /**
     * Of a call: below, taking numbers apart and two more launches take longer than what is won. At the rates of TILES
     * and of the model, on an H100, 2^30 of them take 60 and 21 us.
     */
    private static final long LEAST_WORK = 1L << 30;

    private PiecesGuesses() {}

    /** Why nothing is guessed, or empty. */
    static Optional<String> doubt(MatrixUnit unit, AttentionSpec spec) {
        if (unit != MatrixUnit.WGMMA) {
            // Chips with one unit differ: of compute capability 8.0 it multiplies 16 times as fast as f32, of 8.6
            // twice.
            return Optional.of("f32 in pieces of bf16 takes " + PiecesConfig.PRODUCTS + " products, and not every "
                    + unit + " multiplies so much faster than f32; a tuning row says where one does");
        }
        if (RowLayout.hasPairs(spec)) {
            return Optional.of("pieces of f32 leave no registers for what each pair has for itself");
        }
        if (work(spec) < LEAST_WORK) {
            return Optional.of("f32 in pieces of bf16 is for calls of " + LEAST_WORK
                    + " multiply-adds or more, but this one has " + work(spec));
        }
        int columns = Math.max(spec.headDim(), spec.valueDim());
        return columns <= mostColumns()
                ? Optional.empty()
                : Optional.of("pieces of rows of " + columns + " columns do not fit into local memory, which holds "
                        + mostColumns());
    }

    static List<Guess> of(MatrixUnit unit, AttentionSpec spec) {
        if (PiecesConfig.requestObstacle(spec).isPresent()
                || unit == null
                || doubt(unit, spec).isPresent()) {
            return List.of();
        }
        return List.of(
                new Guess(
                        new PiecesConfig(MatrixConfig.of(MatrixUnit.WGMMA, 8, 64)),
                        "f32 as " + PiecesConfig.COUNT + " pieces of bf16, " + PiecesConfig.PRODUCTS + " products on "
                                + unit
                                + ", which multiplies 16 times as fast as f32 by its maker's figures; heads with numbers that pieces do not stand for by TILES"));
    }

    static int mostColumns() {
        return 128;
    }

    private static long work(AttentionSpec spec) {
        long pairs = Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), spec.keyLength());
        return Sizes.times(pairs, spec.headDim() + spec.valueDim());
    }
}
