package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.IDS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OFFSETS;
import static io.github.attention4j.layers.LayerOperand.POSITION_IDS;
import static io.github.attention4j.layers.LayerOperand.POSITION_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.SUM;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Elements;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * Numbers for a layer that treats each row by itself, and what is right: computed here once more in double precision. A
 * result may be off by 2e-6 of the largest of its row or of 1, and by a rounding to its type.
 */
final class RowProblem {
    private static final double ALLOWED = 2e-6;

    final LayerSpec spec;
    private final Map<LayerOperand, Object> arrays = new EnumMap<>(LayerOperand.class);

    RowProblem(LayerSpec spec, long seed) {
        this.spec = spec;
        Random random = new Random(seed);
        for (LayerOperand operand : LayerOperand.values()) {
            if (spec.has(operand)) {
                arrays.put(operand, filled(operand, random));
            }
        }
    }

    private Object filled(LayerOperand operand, Random random) {
        TensorSpec tensor = spec.operand(operand);
        Object array = Elements.poisoned(tensor);
        if (operand == OFFSETS) {
            int[] offsets = (int[]) array;
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = (int) ((long) i * spec.rows() / (offsets.length - 1));
            }
            return offsets;
        }
        if (operand == IDS || operand == POSITION_IDS) {
            int most = spec.operand(operand == IDS ? WEIGHT : POSITION_WEIGHT).rows();
            int[] ids = (int[]) array;
            for (int i = 0; i < ids.length; i++) {
                ids[i] = random.nextInt(most + 4) - 2; // out of range too
            }
            return ids;
        }
        Elements elements = new Elements(tensor, array);
        for (int row = 0; row < tensor.rows() && !operand.isOutput(); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                elements.set(0, 0, row, column, (float) random.nextGaussian() + 0.5f);
            }
        }
        return array;
    }

    /** Sets an element of an input. */
    RowProblem set(LayerOperand operand, int row, int column, float value) {
        new Elements(spec.operand(operand), arrays.get(operand)).set(0, 0, row, column, value);
        return this;
    }

    /** Sets the integers of an operand. */
    RowProblem integers(LayerOperand operand, int... values) {
        System.arraycopy(values, 0, arrays.get(operand), 0, values.length);
        return this;
    }

    /** Computes on an engine, with an output in place of an input if one is named, and judges all outputs. */
    void check(AttentionEngine engine, LayerOperand... inPlace) {
        LayerCall.run(engine, spec, arrays, inPlace).forEach(this::judge);
    }

    private void judge(LayerOperand output, Object array) {
        TensorSpec tensor = spec.operand(output);
        int columns = tensor.columns();
        double[] exact = new double[tensor.rows() * columns];
        double[] allowed = new double[tensor.rows()];
        for (int row = 0; row < allowed.length; row++) {
            double largest = 1;
            double[] answer = answer(output, row);
            for (double x : answer) {
                largest = Double.isFinite(x) ? Math.max(largest, Math.abs(x)) : largest;
            }
            allowed[row] = ALLOWED * largest;
            System.arraycopy(answer, 0, exact, row * columns, columns);
        }
        LayerCall.judge(spec, output, array, exact, i -> allowed[i / columns]);
    }

    private double[] answer(LayerOperand output, int row) {
        if (spec instanceof NormSpec norm) {
            double[] x = row(INPUT, row);
            plus(x, RESIDUAL, row);
            return output == SUM ? x : normed(norm, x);
        }
        if (spec instanceof ActivationSpec activation) {
            double[] x = row(INPUT, row);
            if (activation.isBackward()) {
                return gradient(activation, x, row(GRAD_OUT, row));
            }
            double[] out = new double[activation.columns()];
            for (int i = 0; i < out.length; i++) {
                double y = LinearProblem.activated(activation.activation(), x[i]);
                out[i] = activation.isGated() ? y * x[out.length + i] : y;
            }
            return out;
        }
        if (spec instanceof EmbeddingSpec) {
            double[] x = row(WEIGHT, number(IDS, row, WEIGHT));
            if (spec.has(POSITION_IDS)) {
                plus(x, POSITION_WEIGHT, number(POSITION_IDS, row, POSITION_WEIGHT));
            }
            plus(x, BIAS, 0);
            return x;
        }
        return pooled((PoolingSpec) spec, row);
    }

    /** By central differences. */
    private static double[] gradient(ActivationSpec spec, double[] x, double[] gradOut) {
        double step = 1e-5;
        double[] gradient = new double[x.length];
        for (int i = 0; i < gradOut.length; i++) {
            double above = LinearProblem.activated(spec.activation(), x[i] + step);
            double below = LinearProblem.activated(spec.activation(), x[i] - step);
            double gate = spec.isGated() ? x[gradOut.length + i] : 1;
            gradient[i] = gradOut[i] * (above - below) / (2 * step) * gate;
            if (spec.isGated()) {
                gradient[gradOut.length + i] = gradOut[i] * LinearProblem.activated(spec.activation(), x[i]);
            }
        }
        return gradient;
    }

    private double[] normed(NormSpec norm, double[] x) {
        double mean = 0;
        for (double element : x) {
            mean += norm.isCentred() ? element / x.length : 0;
        }
        double variance = 0;
        for (double element : x) {
            variance += (element - mean) * (element - mean) / x.length;
        }
        double[] out = new double[x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (x[i] - mean) / Math.sqrt(variance + norm.epsilon()) * get(WEIGHT, 0, i)
                    + (norm.has(BIAS) ? get(BIAS, 0, i) : 0);
        }
        return out;
    }

    private double[] pooled(PoolingSpec pooling, int entry) {
        int[] offsets = (int[]) arrays.get(OFFSETS);
        int from = Math.max(0, Math.min(offsets[entry], pooling.rows()));
        int to = Math.max(0, Math.min(offsets[entry + 1], pooling.rows()));
        double[] out = new double[pooling.columns()];
        int count = pooling.isMean() ? to - from : Math.min(1, to - from);
        for (int row = from; row < from + count; row++) {
            plus(out, INPUT, row);
        }
        double squares = 0;
        for (int i = 0; i < out.length; i++) {
            out[i] = count > 0 ? out[i] / count : 0;
            squares += out[i] * out[i];
        }
        for (int i = 0; i < out.length && pooling.isNormalized() && squares != 0; i++) {
            out[i] /= Math.sqrt(squares);
        }
        return out;
    }

    private int number(LayerOperand ids, int row, LayerOperand table) {
        int id = ((int[]) arrays.get(ids))[row];
        return Math.max(0, Math.min(id, spec.operand(table).rows() - 1));
    }

    private void plus(double[] to, LayerOperand operand, int row) {
        for (int i = 0; i < to.length && spec.has(operand); i++) {
            to[i] += get(operand, row, i);
        }
    }

    private double[] row(LayerOperand operand, int row) {
        double[] values = new double[spec.operand(operand).columns()];
        plus(values, operand, row);
        return values;
    }

    private double get(LayerOperand operand, int row, int column) {
        return new Elements(spec.operand(operand), arrays.get(operand)).get(0, 0, row, column);
    }
}
