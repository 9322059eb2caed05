package io.github.attention4j.internal.java.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT_SCALES;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;

/** The definition of a linear layer and its gradients: sum by sum, in double precision. */
public final class ReferenceLinear {
    private final LinearSpec spec;
    private final LayerRows rows;
    private final Threads threads;

    /** Of one call. */
    public ReferenceLinear(LinearSpec spec, LayerRows rows, Threads threads) {
        this.spec = spec;
        this.rows = rows;
        this.threads = threads;
    }

    /** Writes the outputs. */
    public void compute() {
        if (!spec.isBackward()) {
            forward();
            return;
        }
        if (spec.has(GRAD_INPUT)) {
            gradInput();
        }
        if (spec.has(GRAD_WEIGHT)) {
            gradWeight();
        }
        if (spec.has(GRAD_BIAS)) {
            gradBias();
        }
    }

    private void forward() {
        float[] scales = spec.has(WEIGHT_SCALES) ? row(WEIGHT_SCALES, 0) : null;
        float[] bias = spec.has(BIAS) ? row(BIAS, 0) : null;
        perRow(spec.rows(), r -> {
            float[] input = row(INPUT, r);
            float[] out = spec.has(RESIDUAL) ? row(RESIDUAL, r) : new float[spec.outFeatures()];
            float[] weight = new float[spec.inFeatures()];
            for (int m = 0; m < out.length; m++) {
                read(WEIGHT, m, weight);
                double sum = 0;
                for (int k = 0; k < weight.length; k++) {
                    sum += (double) input[k] * weight[k];
                }
                sum = sum * (scales == null ? 1 : scales[m]) + (bias == null ? 0 : bias[m]);
                double activated = ReferenceActivation.of(spec.activation(), sum);
                out[m] = (float) (spec.has(RESIDUAL) ? activated + out[m] : activated);
            }
            write(OUT, r, out);
        });
    }

    private void gradInput() {
        float[] scales = spec.has(WEIGHT_SCALES) ? row(WEIGHT_SCALES, 0) : null;
        perRow(spec.rows(), r -> {
            float[] gradOut = row(GRAD_OUT, r);
            double[] sums = new double[spec.inFeatures()];
            for (int m = 0; m < gradOut.length; m++) {
                add(sums, (double) gradOut[m] * (scales == null ? 1 : scales[m]), row(WEIGHT, m));
            }
            store(GRAD_INPUT, r, sums);
        });
    }

    private void gradWeight() {
        perRow(spec.outFeatures(), m -> {
            double[] sums = new double[spec.inFeatures()];
            for (int r = 0; r < spec.rows(); r++) {
                add(sums, row(GRAD_OUT, r)[m], row(INPUT, r));
            }
            store(GRAD_WEIGHT, m, sums);
        });
    }

    private void gradBias() {
        double[] sums = new double[spec.outFeatures()];
        for (int r = 0; r < spec.rows(); r++) {
            add(sums, 1, row(GRAD_OUT, r));
        }
        store(GRAD_BIAS, 0, sums);
    }

    private static void add(double[] sums, double factor, float[] row) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * row[i];
        }
    }

    private void store(LayerOperand gradient, int row, double[] sums) {
        float[] to = spec.accumulates() ? row(gradient, row) : null;
        float[] values = new float[sums.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (to == null ? sums[i] : sums[i] + to[i]);
        }
        write(gradient, row, values);
    }

    private float[] row(LayerOperand operand, int row) {
        float[] values = new float[spec.operand(operand).columns()];
        read(operand, row, values);
        return values;
    }

    private void read(LayerOperand operand, int row, float[] to) {
        Rows from = rows.get(operand);
        from.read(from.at(0, 0, row), to, 0, to.length);
    }

    private void write(LayerOperand operand, int row, float[] values) {
        Rows to = rows.get(operand);
        to.write(to.at(0, 0, row), values, 0, values.length);
    }

    /** What is computed for one row. */
    private interface RowWork {
        void run(int row);
    }

    private void perRow(int count, RowWork work) {
        threads.run(count, next -> {
            for (int row = next.getAsInt(); row >= 0; row = next.getAsInt()) {
                work.run(row);
            }
        });
    }
}
