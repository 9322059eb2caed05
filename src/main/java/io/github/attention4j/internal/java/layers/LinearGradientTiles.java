package io.github.attention4j.internal.java.layers;

import static io.github.attention4j.layers.LayerOperand.GRAD_BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT_SCALES;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.LinearSpec;

/** The gradients of a linear layer: the same products in tiles, of matrices that lie transposed. */
final class LinearGradientTiles implements LayerWork {
    /** Columns that one work item sums over all rows. */
    private static final int COLUMNS = 256;

    private final LinearSpec spec;
    private final Threads threads;
    private final ProductTiles ofInput;
    private final ProductTiles ofWeight;

    LinearGradientTiles(LinearSpec spec, MicroKernels kernels, Threads threads) {
        this.spec = spec;
        this.threads = threads;
        ofInput = new ProductTiles(
                new ProductTiles.Shape(spec.rows(), spec.inFeatures(), spec.outFeatures(), false, true),
                kernels,
                threads);
        ofWeight = new ProductTiles(
                new ProductTiles.Shape(spec.outFeatures(), spec.inFeatures(), spec.rows(), true, true),
                kernels,
                threads);
    }

    @Override
    public String describe() {
        return "grad_input: " + ofInput.describe() + "; grad_weight: " + ofWeight.describe();
    }

    @Override
    public void compute(LayerRows rows) {
        Rows gradOut = rows.get(GRAD_OUT);
        if (spec.has(GRAD_INPUT)) {
            float[] scales = LinearTiles.part(rows.get(WEIGHT_SCALES), 0, 0, spec.outFeatures());
            ofInput.multiply(gradOut, rows.get(WEIGHT), scales, into(rows.get(GRAD_INPUT)));
        }
        if (spec.has(GRAD_WEIGHT)) {
            ofWeight.multiply(gradOut, rows.get(INPUT), into(rows.get(GRAD_WEIGHT)));
        }
        if (spec.has(GRAD_BIAS)) {
            sumColumns(gradOut, rows.get(GRAD_BIAS));
        }
    }

    private ProductTiles.Finish into(Rows gradient) {
        return (sums, stride, row, count, column, columns) -> {
            for (int i = 0; i < count; i++) {
                store(gradient, row + i, column, columns, sums, i * stride);
            }
        };
    }

    private void store(Rows gradient, int row, int column, int columns, float[] sums, int at) {
        if (spec.accumulates()) {
            LinearTiles.add(sums, at, LinearTiles.part(gradient, row, column, columns));
        }
        gradient.write(gradient.at(0, 0, row) + column, sums, at, columns);
    }

    private void sumColumns(Rows gradOut, Rows gradBias) {
        int all = spec.outFeatures();
        threads.run((all - 1) / COLUMNS + 1, next -> {
            for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                int column = item * COLUMNS;
                int columns = Math.min(COLUMNS, all - column);
                float[] row = new float[columns];
                double[] sums = new double[columns];
                for (int r = 0; r < spec.rows(); r++) {
                    gradOut.read(gradOut.at(0, 0, r), column, row, 0, columns);
                    for (int i = 0; i < columns; i++) {
                        sums[i] += row[i];
                    }
                }
                for (int i = 0; i < columns; i++) {
                    row[i] = (float) sums[i];
                }
                store(gradBias, 0, column, columns, row, 0);
            }
        });
    }
}
