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
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;

/** The definitions of the layers that are computed row by row, in double precision. */
public final class ReferenceRows {
    private final LayerRows operands;

    /** Of one call. */
    public ReferenceRows(LayerRows operands) {
        this.operands = operands;
    }

    /** Writes the outputs. */
    public void compute(NormSpec spec) {
        int columns = spec.columns();
        double[] weight = row(WEIGHT, 0, columns);
        double[] bias = spec.has(BIAS) ? row(BIAS, 0, columns) : new double[columns];
        for (int r = 0; r < spec.rows(); r++) {
            double[] x = row(INPUT, r, columns);
            if (spec.has(RESIDUAL)) {
                add(x, row(RESIDUAL, r, columns));
            }
            if (spec.has(SUM)) {
                write(SUM, r, x);
            }
            double mean = 0;
            for (int i = 0; i < columns && spec.isCentred(); i++) {
                mean += x[i] / columns;
            }
            double squares = 0;
            for (double element : x) {
                squares += (element - mean) * (element - mean) / columns;
            }
            for (int i = 0; i < columns; i++) {
                x[i] = (x[i] - mean) / Math.sqrt(squares + spec.epsilon()) * weight[i] + bias[i];
            }
            write(OUT, r, x);
        }
    }

    /** Likewise. */
    public void compute(ActivationSpec spec) {
        if (spec.isBackward()) {
            gradient(spec);
            return;
        }
        int columns = spec.columns();
        for (int r = 0; r < spec.rows(); r++) {
            double[] x = row(INPUT, r, spec.operand(INPUT).columns());
            double[] out = new double[columns];
            for (int i = 0; i < columns; i++) {
                out[i] = ReferenceActivation.of(spec.activation(), x[i]) * (spec.isGated() ? x[columns + i] : 1);
            }
            write(OUT, r, out);
        }
    }

    private void gradient(ActivationSpec spec) {
        int columns = spec.columns();
        for (int r = 0; r < spec.rows(); r++) {
            double[] x = row(INPUT, r, spec.operand(INPUT).columns());
            double[] gradOut = row(GRAD_OUT, r, columns);
            double[] gradient = new double[x.length];
            for (int i = 0; i < columns; i++) {
                double gate = spec.isGated() ? x[columns + i] : 1;
                gradient[i] = gradOut[i] * ReferenceActivation.slope(spec.activation(), x[i]) * gate;
                if (spec.isGated()) {
                    gradient[columns + i] = gradOut[i] * ReferenceActivation.of(spec.activation(), x[i]);
                }
            }
            write(GRAD_INPUT, r, gradient);
        }
    }

    /** Likewise. */
    public void compute(EmbeddingSpec spec) {
        for (int r = 0; r < spec.rows(); r++) {
            double[] x = row(WEIGHT, number(IDS, r, spec.vocabulary() - 1), spec.columns());
            if (spec.has(POSITION_IDS)) {
                add(x, row(POSITION_WEIGHT, number(POSITION_IDS, r, spec.positions() - 1), spec.columns()));
            }
            if (spec.has(BIAS)) {
                add(x, row(BIAS, 0, spec.columns()));
            }
            write(OUT, r, x);
        }
    }

    /** Likewise. */
    public void compute(PoolingSpec spec) {
        int[] offsets = operands.get(OFFSETS).integers(spec.entries() + 1);
        for (int entry = 0; entry < spec.entries(); entry++) {
            double[] x = new double[spec.columns()];
            int from = RowWork.clamp(offsets[entry], spec.rows());
            int to = RowWork.clamp(offsets[entry + 1], spec.rows());
            int end = spec.isMean() ? to : Math.min(to, from + 1);
            for (int r = from; r < end; r++) {
                add(x, row(INPUT, r, x.length));
            }
            double squares = 0;
            for (int i = 0; i < x.length; i++) {
                x[i] /= Math.max(1, end - from);
                squares += x[i] * x[i];
            }
            for (int i = 0; i < x.length && spec.isNormalized(); i++) {
                x[i] /= Math.max(Math.sqrt(squares), 1e-12);
            }
            write(OUT, entry, x);
        }
    }

    private int number(LayerOperand operand, int row, int most) {
        return RowWork.clamp(operands.get(operand).integer(0, 0, row), most);
    }

    private double[] row(LayerOperand operand, int row, int columns) {
        float[] floats = RowWork.read(operands.get(operand), row, new float[columns]);
        double[] values = new double[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    private static void add(double[] to, double[] terms) {
        for (int i = 0; i < to.length; i++) {
            to[i] += terms[i];
        }
    }

    private void write(LayerOperand operand, int row, double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        Rows to = operands.get(operand);
        RowWork.write(to, row, floats);
    }
}
