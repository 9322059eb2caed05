package io.github.attention4j;

import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.Sizes;
import java.util.Objects;

/** The arrays of calls that have nothing but floats. */
final class FloatArrays {
    private static final String SPLIT = "use device tensors, or split the batch into several calls";

    private FloatArrays() {}

    static void requireNoLse(AttentionSpec spec) {
        if (spec.returnLse()) {
            throw new IllegalArgumentException(
                    "the spec asks for lse, which attend has no place for; use attendWithLse, or build the spec without returnLse()");
        }
    }

    /** Before outputs are made, which may be large. */
    static void requireInputs(AttentionSpec spec, float[] query, float[] key, float[] value) {
        Objects.requireNonNull(spec, "spec");
        ArrayShapes.checkArray(spec, Operand.QUERY, query);
        ArrayShapes.checkArray(spec, Operand.KEY, key);
        ArrayShapes.checkArray(spec, Operand.VALUE, value);
    }

    /** A new array for the output. */
    static float[] out(AttentionSpec spec) {
        return Sizes.floats("out", spec.outElements(), SPLIT);
    }

    /** A new array for the log-sum-exp. */
    static float[] lse(AttentionSpec spec) {
        return Sizes.floats("lse", spec.lseElements(), SPLIT);
    }
}
