package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.SplittableRandom;

/**
 * One attention call with its data: the inputs follow from the seed, evenly spread over (−amplitude, amplitude).
 *
 * @param spec what to compute
 * @param seed where the data come from
 * @param amplitude the size of the inputs; scores grow with its square
 */
public record Problem(AttentionSpec spec, long seed, float amplitude) {

    /** The problem with amplitude 1. */
    public static Problem of(AttentionSpec spec) {
        return new Problem(spec, 1, 1);
    }

    /** [batch, heads, queryLength, headDim], a new array each time. */
    public float[] query() {
        return random(1, spec.queryElements());
    }

    /** [batch, kvHeads, keyLength, headDim], a new array each time. */
    public float[] key() {
        return random(2, spec.keyElements());
    }

    /** [batch, kvHeads, keyLength, valueDim], a new array each time. */
    public float[] value() {
        return random(3, spec.valueElements());
    }

    /**
     * Arrays for every input of the spec, in its type and layout. What no query sees is poison: gaps of layouts, rows
     * of no entry, keys and values that all masks together hide from all heads, and queries that see nothing. For a
     * spec of dense floats what is seen is as in {@link #query}, {@link #key} and {@link #value}.
     */
    public AttentionArrays inputs() {
        return inputs(new AttentionArrays());
    }

    /** Likewise, with these arrays for some of the inputs that are no rows: lengths, masks, biases and the like. */
    public AttentionArrays inputs(AttentionArrays given) {
        return new ProblemData(this, given).inputs();
    }

    /** Arrays for every output of the spec, full of {@link Elements#poisoned poison}. */
    public AttentionArrays outputs() {
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                HostArrays.put(outputs, operand, Elements.poisoned(spec.operand(operand)));
            }
        }
        return outputs;
    }

    float[] random(int tensor, long elements) {
        SplittableRandom random = new SplittableRandom(seed * 31 + tensor);
        float[] array = new float[Math.toIntExact(elements)];
        for (int i = 0; i < array.length; i++) {
            array[i] = (float) ((random.nextDouble() * 2 - 1) * amplitude);
        }
        return array;
    }

    /** For example "2 x 4/2 heads, 40 queries x 17 keys, dim 64/32, causal BOTTOM_RIGHT, lse, amplitude 10". */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%d x %d/%d heads, %d queries x %d keys, dim %d"
                .formatted(
                        spec.batch(),
                        spec.heads(),
                        spec.kvHeads(),
                        spec.queryLength(),
                        spec.keyLength(),
                        spec.headDim()));
        if (spec.valueDim() != spec.headDim()) {
            text.append('/').append(spec.valueDim());
        }
        if (spec.mask().isBounded()) {
            text.append(", ").append(spec.mask());
        }
        if (spec.scale() != (float) (1 / Math.sqrt(spec.headDim()))) {
            text.append(", scale ").append(spec.scale());
        }
        text.append(spec.returnLse() ? ", lse" : "");
        text.append(amplitude == 1 ? "" : ", amplitude " + amplitude);
        text.append(seed == 1 ? "" : ", seed " + seed);
        return text.toString();
    }
}
