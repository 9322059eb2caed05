package io.github.attention4j.examples.dates;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.examples.dates.Parameters.Parameter;
import java.util.concurrent.atomic.LongAdder;

/** Where decoder and encoder meet: the matrices of a form, and the engine's calls, forward and backward. */
final class AttentionLayer {
    private final AttentionEngine engine;
    private final int width;
    private final LongAdder nanos = new LongAdder();
    /** Null for a form without. */
    private final Parameter queryWeight;

    private final Parameter keyWeight;
    private final Parameter vector;

    /**
     * A call that was made.
     *
     * @param states the decoder's, [text, query][width]
     * @param read [text, key][width]
     * @param arrays its operands, out and lse among them
     * @param out [text, query][width]
     */
    record Call(float[][] states, float[][] read, AttentionSpec spec, AttentionArrays arrays, float[][] out) {}

    /** Gradients of the decoder's states, and of what was read. */
    record RowGradients(float[][] states, float[][] read) {}

    AttentionLayer(Parameters parameters, AttentionForm form, int width, AttentionEngine engine) {
        this.engine = engine;
        this.width = width;
        boolean isAdditive = form == AttentionForm.ADDITIVE;
        queryWeight = form == AttentionForm.DOT ? null : parameters.add("attention, query", width, width, width);
        keyWeight = isAdditive ? parameters.add("attention, key", width, width, width) : null;
        vector = isAdditive ? parameters.add("attention, vector", 1, width, 1) : null;
    }

    /**
     * All queries of all texts in one call.
     *
     * @param states [text, query][width]
     * @param read [text, key][width], key and value
     * @param lengths how many characters each text has; keys beyond are padding
     */
    Call forward(float[][] states, float[][] read, int[] lengths) {
        AttentionSpec spec = spec(states.length / lengths.length, read.length / lengths.length, lengths.length)
                .returnLse()
                .build();
        float[] out = new float[states.length * width];
        AttentionArrays arrays =
                inputs(states, read, lengths).with(Operand.OUT, out).with(Operand.LSE, new float[states.length]);
        attend(spec, arrays);
        return new Call(states, read, spec, arrays, Rows.of(out, width));
    }

    private AttentionSpecBuilder spec(int queries, int keys, int texts) {
        AttentionSpecBuilder spec = AttentionSpec.builder()
                .batch(texts)
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(width)
                .keyLengths()
                .scale(1);
        return vector == null ? spec : spec.additive();
    }

    private AttentionArrays inputs(float[][] states, float[][] read, int[] lengths) {
        float[] value = Rows.flat(read);
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, Rows.flat(weighted(states, queryWeight)))
                .with(Operand.KEY, keyWeight == null ? value : Rows.flat(weighted(read, keyWeight)))
                .with(Operand.VALUE, value)
                .with(Operand.KEY_LENGTHS, lengths);
        return vector == null ? arrays : arrays.with(Operand.ADDITIVE_VECTOR, vector.row());
    }

    private float[][] weighted(float[][] rows, Parameter weight) {
        if (weight == null) {
            return rows;
        }
        float[][] weighted = new float[rows.length][width];
        Rows.addProduct(rows, weight.values(), weighted);
        return weighted;
    }

    private void attend(AttentionSpec spec, AttentionArrays arrays) {
        long start = System.nanoTime();
        engine.attend(spec, arrays);
        nanos.add(System.nanoTime() - start);
    }

    /** How long the engine's calls took, those of several threads together. */
    double seconds() {
        return nanos.sum() * 1e-9;
    }

    /** @param gradOut [text, query][width] */
    RowGradients backward(Call call, float[][] gradOut, Gradients gradients) {
        float[] gradQuery = new float[call.states.length * width];
        float[] gradKey = new float[call.read.length * width];
        float[] gradValue = new float[gradKey.length];
        AttentionArrays arrays = call.arrays
                .with(Operand.GRAD_OUT, Rows.flat(gradOut))
                .with(Operand.GRAD_QUERY, gradQuery)
                .with(Operand.GRAD_KEY, gradKey)
                .with(Operand.GRAD_VALUE, gradValue);
        if (vector == null) {
            attend(call.spec.backward(), arrays);
        } else {
            float[] gradVector = new float[width];
            attend(
                    call.spec.backward(Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.ADDITIVE_VECTOR),
                    arrays.with(Operand.GRAD_ADDITIVE_VECTOR, gradVector));
            Rows.add(new float[][] {gradVector}, gradients.of(vector));
        }
        float[][] gradRead = weightedBackward(call.read, keyWeight, Rows.of(gradKey, width), gradients);
        Rows.add(Rows.of(gradValue, width), gradRead);
        float[][] gradStates = weightedBackward(call.states, queryWeight, Rows.of(gradQuery, width), gradients);
        return new RowGradients(gradStates, gradRead);
    }

    private static float[][] weightedBackward(
            float[][] rows, Parameter weight, float[][] gradWeighted, Gradients gradients) {
        if (weight == null) {
            return gradWeighted;
        }
        Rows.addTransposedProduct(rows, gradWeighted, gradients.of(weight));
        float[][] gradRows = new float[rows.length][rows[0].length];
        Rows.addProduct(gradWeighted, Rows.transposed(weight.values()), gradRows);
        return gradRows;
    }

    /** The share of its attention that each query gives each key: [text, query][key]. */
    float[][] weights(float[][] states, float[][] read, int[] lengths) {
        int queries = states.length / lengths.length;
        int keys = read.length / lengths.length;
        float[] weights = new float[states.length * keys];
        engine.attend(
                spec(queries, keys, lengths.length)
                        .returnScores(ScoreStage.WEIGHTS)
                        .build(),
                inputs(states, read, lengths)
                        .with(Operand.OUT, new float[states.length * width])
                        .with(Operand.SCORES, weights));
        return Rows.of(weights, keys);
    }
}
