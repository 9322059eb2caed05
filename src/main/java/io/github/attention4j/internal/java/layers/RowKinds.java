package io.github.attention4j.internal.java.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.IDS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OFFSETS;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.POSITION_IDS;
import static io.github.attention4j.layers.LayerOperand.POSITION_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.SUM;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.steps.Activations;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.Arrays;

/** The layers that are computed row by row, in floats. */
final class RowKinds {
    /** A row that is shorter is divided by this. */
    private static final float LEAST_LENGTH = 1e-12f;

    private RowKinds() {}

    static RowWork.Kind norm(NormSpec spec, MicroKernels kernels) {
        return operands -> {
            float[] weight = RowWork.read(operands.get(WEIGHT), 0, new float[spec.columns()]);
            float[] bias = new float[spec.columns()];
            if (spec.has(BIAS)) {
                RowWork.read(operands.get(BIAS), 0, bias);
            }
            float[] x = new float[spec.columns()];
            float[] space = new float[spec.columns()];
            float[] ones = new float[spec.columns()];
            Arrays.fill(ones, 1);
            return row -> {
                RowWork.read(operands.get(INPUT), row, x);
                if (spec.has(RESIDUAL)) {
                    RowWork.add(operands.get(RESIDUAL), row, x, space);
                }
                if (spec.has(SUM)) {
                    RowWork.write(operands.get(SUM), row, x);
                }
                float mean = spec.isCentred() ? dot(x, ones, kernels) / x.length : 0;
                for (int i = 0; i < x.length; i++) {
                    x[i] -= mean;
                }
                float factor = (float) (1 / Math.sqrt(dot(x, x, kernels) / x.length + spec.epsilon()));
                for (int i = 0; i < x.length; i++) {
                    x[i] = x[i] * factor * weight[i] + bias[i];
                }
                RowWork.write(operands.get(OUT), row, x);
            };
        };
    }

    private static float dot(float[] x, float[] y, MicroKernels kernels) {
        float[] dot = new float[1];
        kernels.dots(x, 0, y, 0, 0, 1, x.length, dot, 0);
        return dot[0];
    }

    static RowWork.Kind activation(ActivationSpec spec, MicroKernels kernels) {
        return operands -> {
            Rows input = operands.get(INPUT);
            float[] x = new float[spec.columns()];
            float[] gate = new float[spec.columns()];
            return row -> {
                RowWork.read(input, row, x);
                kernels.activate(spec.activation(), x, 0, x.length);
                if (spec.isGated()) {
                    input.read(input.at(0, 0, row), x.length, gate, 0, gate.length);
                    for (int i = 0; i < x.length; i++) {
                        x[i] *= gate[i];
                    }
                }
                RowWork.write(operands.get(OUT), row, x);
            };
        };
    }

    static RowWork.Kind activationGradient(ActivationSpec spec, MicroKernels kernels) {
        return operands -> {
            Rows input = operands.get(INPUT);
            int columns = spec.columns();
            float[] x = new float[spec.operand(INPUT).columns()];
            float[] activated = new float[columns];
            float[] gradOut = new float[columns];
            return row -> {
                RowWork.read(input, row, x);
                RowWork.read(operands.get(GRAD_OUT), row, gradOut);
                System.arraycopy(x, 0, activated, 0, columns);
                kernels.activate(spec.activation(), activated, 0, spec.isGated() ? columns : 0);
                for (int i = 0; i < columns; i++) {
                    x[i] = gradOut[i]
                            * Activations.slope(spec.activation(), x[i])
                            * (spec.isGated() ? x[columns + i] : 1);
                    if (spec.isGated()) {
                        x[columns + i] = gradOut[i] * activated[i];
                    }
                }
                RowWork.write(operands.get(GRAD_INPUT), row, x);
            };
        };
    }

    static RowWork.Kind embedding(EmbeddingSpec spec) {
        return operands -> {
            float[] x = new float[spec.columns()];
            float[] space = new float[spec.columns()];
            return row -> {
                int id = operands.get(IDS).integer(0, 0, row);
                RowWork.read(operands.get(WEIGHT), RowWork.clamp(id, spec.vocabulary() - 1), x);
                if (spec.has(POSITION_IDS)) {
                    int position = operands.get(POSITION_IDS).integer(0, 0, row);
                    RowWork.add(operands.get(POSITION_WEIGHT), RowWork.clamp(position, spec.positions() - 1), x, space);
                }
                if (spec.has(BIAS)) {
                    RowWork.add(operands.get(BIAS), 0, x, space);
                }
                RowWork.write(operands.get(OUT), row, x);
            };
        };
    }

    static RowWork.Kind pooling(PoolingSpec spec, MicroKernels kernels) {
        return operands -> {
            Rows input = operands.get(INPUT);
            int[] offsets = operands.get(OFFSETS).integers(spec.entries() + 1);
            float[] x = new float[spec.columns()];
            float[] space = new float[spec.columns()];
            return entry -> {
                Arrays.fill(x, 0);
                int from = RowWork.clamp(offsets[entry], spec.rows());
                int to = RowWork.clamp(offsets[entry + 1], spec.rows());
                int count = spec.isMean() ? to - from : Math.min(1, to - from);
                for (int row = from; row < from + count; row++) {
                    RowWork.add(input, row, x, space);
                }
                scale(x, count > 0 ? 1f / count : 1);
                if (spec.isNormalized()) {
                    float length = (float) Math.sqrt(dot(x, x, kernels));
                    scale(x, 1 / (length < LEAST_LENGTH ? LEAST_LENGTH : length));
                }
                RowWork.write(operands.get(OUT), entry, x);
            };
        };
    }

    private static void scale(float[] x, float factor) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= factor;
        }
    }
}
