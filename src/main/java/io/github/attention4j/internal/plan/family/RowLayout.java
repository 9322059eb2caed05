package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;

/** What type and layout of rows mean for the kernels that read them. */
public final class RowLayout {
    /**
     * From this distance on, rows of a tile may lie so far apart that their distance in elements needs more than 32
     * bits.
     */
    private static final long FAR_ROWS = 1 << 22;

    private static final Operand[] GRADIENTS = {
        Operand.GRAD_OUT, Operand.GRAD_QUERY, Operand.GRAD_KEY, Operand.GRAD_VALUE
    };

    private RowLayout() {}

    /** Whether each pair of a query and a key has something for itself, an element of an input or a function. */
    public static boolean hasPairs(AttentionSpec spec) {
        return spec.has(Operand.BIAS) || spec.has(Operand.KEEP_MASK) || spec.keep() != null;
    }

    /** Whether tiles of keys are brought into local memory before they are multiplied. */
    public static boolean areKeysStaged(AttentionSpec spec) {
        return spec.rotary() != null || spec.isPaged() || isConverted(spec, Operand.KEY) || areFarApart(spec);
    }

    /** Likewise for values. */
    public static boolean areValuesStaged(AttentionSpec spec) {
        return spec.isPaged() || isConverted(spec, Operand.VALUE) || areFarApart(spec);
    }

    private static boolean isConverted(AttentionSpec spec, Operand operand) {
        return spec.operand(operand).dtype().bits() < Float.SIZE;
    }

    /**
     * Rows that lie a KiB or more apart, as those of [batch, row, head, column] do, fall on few sets of the first-level
     * cache and drive each other out of it. Keys and values are treated alike, which keeps programs few.
     */
    public static boolean areFarApart(AttentionSpec spec) {
        return isFarApart(spec.operand(Operand.KEY)) || isFarApart(spec.operand(Operand.VALUE));
    }

    private static boolean isFarApart(TensorSpec rows) {
        return rows.layout().rowStride() >= 256 && rows.layout().rowStride() > rows.columns();
    }

    /**
     * Whether in all large operands, rows and their pieces of four elements begin at multiples of four and lie within
     * reach.
     */
    public static boolean areFoursAligned(AttentionSpec spec) {
        return isAligned(spec.operand(Operand.QUERY))
                && isAligned(spec.operand(Operand.KEY))
                && isAligned(spec.operand(Operand.VALUE))
                && isAligned(spec.operand(Operand.OUT))
                && (!spec.isBackward() || areGradientsAligned(spec));
    }

    /** Whether rows of keys and values begin at multiples of eight elements, and all operands fulfil the above. */
    public static boolean areEightsAligned(AttentionSpec spec) {
        return areFoursAligned(spec)
                && steps(spec.operand(Operand.KEY)) % 8 == 0
                && steps(spec.operand(Operand.VALUE)) % 8 == 0;
    }

    private static boolean areGradientsAligned(AttentionSpec spec) {
        for (Operand gradient : GRADIENTS) {
            if (spec.has(gradient) && !isAligned(spec.operand(gradient))) {
                return false;
            }
        }
        return true;
    }

    /** The bits of all distances that lead to a row, and of its length. */
    private static long steps(TensorSpec tensor) {
        long all = tensor.columns() | tensor.layout().start();
        for (int dimension = 0; dimension < 3; dimension++) {
            all |= tensor.stride(dimension);
        }
        return all;
    }

    private static boolean isAligned(TensorSpec tensor) {
        return steps(tensor) % 4 == 0 && tensor.stride(2) < FAR_ROWS;
    }
}
