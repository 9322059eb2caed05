package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.Arrays;
import java.util.Random;

/**
 * Data for options: such that a kernel that ignores the option gives a wrong answer, and none can leave out work for
 * it.
 */
final class OptionData {
    private static final long SEED = 2017;
    /** One key in so many is hidden: few enough that no tile of keys can be skipped. */
    private static final int HIDDEN_ONE_IN = 10;

    private OptionData() {}

    /** Bias, keep-mask, sink and key lengths of a spec, where it has them. */
    static AttentionArrays of(AttentionSpec spec) {
        Random random = new Random(SEED);
        AttentionArrays given = new AttentionArrays();
        if (spec.has(Operand.BIAS)) {
            TensorSpec bias = spec.operand(Operand.BIAS);
            float[] numbers = normal(random, elements(bias), 0);
            if (bias.dtype() == DType.F32) {
                given.with(Operand.BIAS, numbers);
            } else {
                given.with(Operand.BIAS, Half.encode(bias.dtype(), numbers));
            }
        }
        if (spec.has(Operand.KEEP_MASK)) {
            given.with(Operand.KEEP_MASK, keepMask(random, spec.operand(Operand.KEEP_MASK)));
        }
        if (spec.has(Operand.SINK)) {
            // Beside n keys with scores around 0, a sink of ln(n) takes half of the weight.
            given.with(Operand.SINK, normal(random, spec.heads(), Math.log(spec.keyLength())));
        }
        if (spec.has(Operand.KEY_LENGTHS)) {
            int[] lengths = new int[spec.batch()];
            Arrays.fill(lengths, spec.keyLength());
            given.with(Operand.KEY_LENGTHS, lengths);
        }
        return given;
    }

    private static int elements(TensorSpec tensor) {
        return Math.toIntExact(tensor.elements());
    }

    private static float[] normal(Random random, int elements, double mean) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) (random.nextGaussian() + mean);
        }
        return values;
    }

    private static byte[] keepMask(Random random, TensorSpec tensor) {
        byte[] mask = new byte[elements(tensor)];
        int bits = tensor.dtype() == DType.BIT ? 8 : 1;
        for (int i = 0; i < mask.length; i++) {
            for (int bit = 0; bit < bits; bit++) {
                mask[i] |= (byte) (random.nextInt(HIDDEN_ONE_IN) == 0 ? 0 : 1 << bit);
            }
        }
        return mask;
    }
}
