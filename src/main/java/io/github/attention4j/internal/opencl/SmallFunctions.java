package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.BlockMask;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.kernel.FunctionDistances;
import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.Place;

/**
 * Functions and block masks of small calls, in the place of those of a larger one: steps of all kinds, but none whose
 * result a rounding changes much, as the user's own may have. They read tensors where the larger one's do.
 */
final class SmallFunctions {
    private static final int DOCUMENT = 23;
    private static final int HEADS = 2;

    private SmallFunctions() {}

    /** Adds functions where the larger spec has them, for so many keys. */
    static AttentionSpecBuilder add(AttentionSpecBuilder builder, AttentionSpec like, int keys) {
        if (like.keep() != null) {
            boolean reads = reads(like.keep());
            builder.keep(place -> reads ? isSeenInDocument(place) : isSeen(place));
            if (reads) {
                builder.scoreTensor(0, DType.I32, keys);
            }
        }
        return builder;
    }

    /** Likewise, with the score function and the block mask. */
    static AttentionSpecBuilder addAll(AttentionSpecBuilder builder, AttentionSpec like, int keys) {
        add(builder, like, keys);
        if (like.score() != null) {
            boolean reads = reads(like.score());
            boolean hasNumbers = like.score().numbers() > 0;
            boolean isDear = FunctionDistances.inLocalMemory(like) > 0;
            builder.score((score, place) -> score(score, place, reads, hasNumbers, isDear));
            if (reads) {
                builder.scoreTensor(1, DType.F32, HEADS, keys);
            }
            if (hasNumbers) {
                builder.scoreNumbers(1);
            }
        }
        if (like.has(Operand.BLOCK_MASK)) {
            builder.blockMask(BlockMask.LEAST_BLOCK, BlockMask.LEAST_BLOCK);
        }
        return builder;
    }

    private static boolean reads(Expression function) {
        for (int tensor = 0; tensor <= Operand.SCORE_TENSOR_3.ordinal() - Operand.SCORE_TENSOR_0.ordinal(); tensor++) {
            if (function.reads(tensor)) {
                return true;
            }
        }
        return false;
    }

    private static BoolTerm isSeen(Place place) {
        return place.key()
                .plus(place.query())
                .modulo(3)
                .equalTo(0)
                .not()
                .and(place.key().atMost(place.queryPosition().plus(40)));
    }

    private static BoolTerm isSeenInDocument(Place place) {
        BoolTerm same = place.tensor(0)
                .at(place.query())
                .toInt()
                .equalTo(place.tensor(0).at(place.key()).toInt());
        return same.or(isSeen(place));
    }

    /** @param isDear whether what it says of distances is dear enough to be looked up */
    private static FloatTerm score(FloatTerm score, Place place, boolean reads, boolean hasNumbers, boolean isDear) {
        FloatTerm distance = place.query().minus(place.key()).abs().toFloat().min(16);
        FloatTerm penalty = isDear ? distance.sqrt() : distance;
        FloatTerm result = score.times(0.5f).minus(penalty.times(0.0625f));
        result = reads ? result.plus(place.tensor(1).at(place.head(), place.key())) : result;
        return hasNumbers ? result.plus(place.number(0)) : result;
    }

    /** What the keep function reads. */
    static int[] documents(int keys) {
        int[] documents = new int[keys];
        for (int key = 0; key < keys; key++) {
            documents[key] = key / DOCUMENT;
        }
        return documents;
    }

    /** Blocks of all kinds, and some that are not listed. */
    static int[] blocks(AttentionSpec spec) {
        TensorSpec mask = spec.operand(Operand.BLOCK_MASK);
        int rows = (spec.queryLength() + spec.blockQueries() - 1) / spec.blockQueries();
        int columns = (spec.keyLength() + spec.blockKeys() - 1) / spec.blockKeys();
        byte[] seen = new byte[mask.batch() * mask.heads() * rows * columns];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = (byte) ((i / columns * 5 + i % columns * 2 + 1) % BlockMask.Seen.values().length);
        }
        return BlockMask.ofBlocks(spec, seen).array();
    }
}
