package io.github.attention4j.bench.option;

import io.github.attention4j.AlibiSlopes;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.Arrays;
import java.util.Random;

/** Data for an input of a request: random, but such that a kernel that ignores the input gives a wrong answer. */
final class RandomData {
    /** One key in so many is hidden: few enough that no tile of keys can be skipped. */
    private static final int HIDDEN_ONE_IN = 10;

    private static final double ROTARY_BASE = 10_000;

    private RandomData() {}

    /** An array of the operand's type, the same for the same seed. */
    static Object of(AttentionSpec spec, Operand operand, long seed) {
        TensorSpec tensor = spec.operand(operand);
        int elements = elements(operand, tensor);
        Random random = new Random(31 * seed + operand.ordinal());
        return switch (operand) {
            case QUERY, KEY, VALUE, BIAS -> stored(tensor.dtype(), normal(random, elements));
            // Beside n keys with scores around 0, a sink of ln(n) takes half of the weight.
            case SINK -> plus(Math.log(spec.keyLength()), normal(random, elements));
            case KEEP_MASK -> keepMask(random, tensor.dtype(), elements);
            case KEY_LENGTHS -> filled(elements, spec.keyLength());
            case ALIBI_SLOPES -> AlibiSlopes.of(spec.heads());
            case ROTARY_COS -> spec.rotary().cosines(ROTARY_BASE);
            case ROTARY_SIN -> spec.rotary().sines(ROTARY_BASE);
            default ->
                throw new IllegalArgumentException(
                        "the bench has no random data for " + operand.label() + "; set it before the rest is filled");
        };
    }

    private static int elements(Operand operand, TensorSpec tensor) {
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(operand.label() + " must have at most " + (Integer.MAX_VALUE - 8)
                    + " elements to be made in a Java array, but has " + tensor.elements());
        }
        return (int) tensor.elements();
    }

    private static Object stored(DType type, float[] values) {
        return type == DType.F32 ? values : Half.encode(type, values);
    }

    private static float[] normal(Random random, int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] plus(double offset, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) offset;
        }
        return values;
    }

    private static byte[] keepMask(Random random, DType type, int elements) {
        byte[] mask = new byte[elements];
        int bits = type == DType.BIT ? 8 : 1;
        for (int i = 0; i < elements; i++) {
            for (int bit = 0; bit < bits; bit++) {
                mask[i] |= (byte) (random.nextInt(HIDDEN_ONE_IN) == 0 ? 0 : 1 << bit);
            }
        }
        return mask;
    }

    private static int[] filled(int elements, int value) {
        int[] values = new int[elements];
        Arrays.fill(values, value);
        return values;
    }
}
