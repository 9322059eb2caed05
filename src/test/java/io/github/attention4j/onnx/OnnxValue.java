package io.github.attention4j.onnx;

import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Term;

/**
 * A value of a graph on scores: a tensor that is known, or a term of each pair. As a term a known tensor counts along
 * [batch, head, query, key], as ONNX broadcasts it.
 *
 * @param tensor null for a term
 * @param term null for a tensor
 */
record OnnxValue(OnnxTensor tensor, Term term) {
    static OnnxValue of(OnnxTensor tensor) {
        return new OnnxValue(tensor, null);
    }

    static OnnxValue of(Term term) {
        return new OnnxValue(null, term);
    }

    /** The only element of a tensor that is known; NaN where this is none. */
    double number() {
        return tensor != null && tensor.values().length == 1 ? tensor.values()[0] : Double.NaN;
    }

    /** Integers, as they are known. */
    int[] ints() {
        if (tensor == null) {
            throw new IllegalArgumentException("shapes and sizes must not depend on scores");
        }
        return tensor.ints();
    }

    /** A known number as a constant of its type. */
    Term constant() {
        double number = tensor.values()[0];
        return switch (tensor.type()) {
            case BOOL -> BoolTerm.of(number != 0);
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> FloatTerm.of((float) number);
            default -> IntTerm.of(Math.toIntExact((long) number));
        };
    }

    /** The dimension, counted from the last, along which a known tensor counts 0, 1, 2, ...; −1 if it does not. */
    int counts() {
        int[] dims = tensor.dims();
        int along = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == tensor.values().length) {
                along = dims.length - 1 - i;
            }
        }
        for (int i = 0; i < tensor.values().length; i++) {
            if (tensor.values()[i] != i || tensor.type().isFloat()) {
                return -1;
            }
        }
        return along;
    }
}
