package io.github.attention4j.bench.attention;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Half;
import io.github.attention4j.Mask;
import java.util.Random;

/**
 * A spec with data, under a name.
 *
 * @param name where the data comes from, for tables
 * @param spec the shape
 * @param query [batch, heads, queryLength, headDim]
 * @param key [batch, kvHeads, keyLength, headDim]
 * @param value [batch, kvHeads, keyLength, valueDim]
 */
public record Problem(String name, AttentionSpec spec, float[] query, float[] key, float[] value) {
    /** A problem on normally distributed data, the same for the same seed. Zeros would flatter: they are fast and always right. */
    public static Problem random(String name, AttentionSpec spec, long seed) {
        Random random = new Random(seed);
        return new Problem(
                name,
                spec,
                normal(random, spec.queryElements()),
                normal(random, spec.keyElements()),
                normal(random, spec.valueElements()));
    }

    /** The same with all inputs rounded to bf16. */
    public Problem inBf16() {
        return new Problem(name, spec, inBf16(query), inBf16(key), inBf16(value));
    }

    private static float[] inBf16(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Half.fromBf16(Half.toBf16(values[i]));
        }
        return rounded;
    }

    /** {@code batch x heads/kvHeads x queryLength x keyLength x headDim}, and what is unusual. */
    public static String shape(AttentionSpec spec) {
        String heads = spec.heads() == spec.kvHeads() ? "" + spec.heads() : spec.heads() + "/" + spec.kvHeads();
        return spec.batch() + "x" + heads + "x" + spec.queryLength() + "x" + spec.keyLength() + "x" + spec.headDim()
                + (spec.valueDim() == spec.headDim() ? "" : "->" + spec.valueDim())
                + masked(spec);
    }

    private static String masked(AttentionSpec spec) {
        Mask mask = spec.mask();
        return isCausal(spec) ? " causal" : mask.isBounded() ? " window " + mask.left() + ".." + mask.right() : "";
    }

    /** Whether the spec has a causal mask. */
    public static boolean isCausal(AttentionSpec spec) {
        return spec.mask().left() == Mask.UNBOUNDED && spec.mask().right() == 0;
    }

    private static float[] normal(Random random, long elements) {
        if (elements > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("one tensor must hold at most " + (Integer.MAX_VALUE - 8)
                    + " elements to be made and checked in Java arrays, but holds " + elements
                    + "; choose a smaller batch, fewer heads or a shorter length");
        }
        float[] values = new float[(int) elements];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
