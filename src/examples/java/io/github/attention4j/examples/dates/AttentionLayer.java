package io.github.attention4j.examples.dates;

import io.github.attention4j.examples.dates.Attention.InputGradients;
import io.github.attention4j.examples.dates.Attention.Inputs;
import io.github.attention4j.examples.dates.Attention.Outputs;
import io.github.attention4j.examples.dates.Parameters.Parameter;

/** Where decoder and encoder meet: the matrices of a form, and the call of attention. */
final class AttentionLayer {
    private final int width;
    private final Attention attention;
    /** Null for a form without. */
    private final Parameter queryWeight;

    private final Parameter keyWeight;
    private final Parameter vector;

    /** A call that was made; {@code states} and {@code read} are its rows before the matrices. */
    record Call(float[][] states, float[][] read, Inputs inputs, Outputs outputs) {}

    /** Gradients of rows of the decoder's states, and of what was read. */
    record RowGradients(float[][] states, float[][] read) {}

    AttentionLayer(Parameters parameters, AttentionForm form, int width, Attention attention) {
        this.width = width;
        this.attention = attention;
        queryWeight = form == AttentionForm.DOT ? null : parameters.add("attention, query", width, width, width);
        boolean isAdditive = form == AttentionForm.ADDITIVE;
        keyWeight = isAdditive ? parameters.add("attention, key", width, width, width) : null;
        vector = isAdditive ? parameters.add("attention, vector", 1, width, 1) : null;
    }

    /**
     * @param states [text, query][width]
     * @param read [text, key][width]
     * @param lengths how many characters each text has
     */
    Call forward(float[][] states, float[][] read, int[] lengths) {
        Inputs inputs = inputs(states, read, lengths);
        return new Call(states, read, inputs, attention.forward(inputs));
    }

    /** [text, query, key] */
    float[] weights(float[][] states, float[][] read, int[] lengths) {
        return attention.weights(inputs(states, read, lengths));
    }

    private Inputs inputs(float[][] states, float[][] read, int[] lengths) {
        float[] value = Rows.flat(read);
        return new Inputs(
                states.length / lengths.length,
                read.length / lengths.length,
                width,
                Rows.flat(weighted(states, queryWeight)),
                keyWeight == null ? value : Rows.flat(weighted(read, keyWeight)),
                value,
                vector == null ? null : vector.row(),
                lengths);
    }

    private float[][] weighted(float[][] rows, Parameter weight) {
        if (weight == null) {
            return rows;
        }
        float[][] weighted = new float[rows.length][width];
        Rows.addProduct(rows, weight.values(), weighted);
        return weighted;
    }

    RowGradients backward(Call call, float[][] gradOut, Gradients gradients) {
        InputGradients inputs = attention.backward(call.inputs, call.outputs, Rows.flat(gradOut));
        float[][] gradRead = weightedBackward(call.read, keyWeight, Rows.of(inputs.key(), width), gradients);
        Rows.add(Rows.of(inputs.value(), width), gradRead);
        if (vector != null) {
            Rows.add(new float[][] {inputs.vector()}, gradients.of(vector));
        }
        float[][] gradQuery = Rows.of(inputs.query(), width);
        return new RowGradients(weightedBackward(call.states, queryWeight, gradQuery, gradients), gradRead);
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
}
