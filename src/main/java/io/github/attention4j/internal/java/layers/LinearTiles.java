package io.github.attention4j.internal.java.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT_SCALES;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.LinearSpec;

/** A linear layer in tiles, with all that is joined to it done on a tile before it is written. */
final class LinearTiles implements LayerWork {
    private final LinearSpec spec;
    private final MicroKernels kernels;
    private final ProductTiles product;

    LinearTiles(LinearSpec spec, MicroKernels kernels, Threads threads) {
        this.spec = spec;
        this.kernels = kernels;
        product = new ProductTiles(
                ProductTiles.Shape.linear(spec.rows(), spec.outFeatures(), spec.inFeatures()), kernels, threads);
    }

    @Override
    public String describe() {
        return product.describe();
    }

    @Override
    public void compute(LayerRows rows) {
        Rows scales = rows.get(WEIGHT_SCALES);
        Rows bias = rows.get(BIAS);
        Rows residual = rows.get(RESIDUAL);
        Rows out = rows.get(OUT);
        product.multiply(rows.get(INPUT), rows.get(WEIGHT), (sums, stride, row, count, column, columns) -> {
            float[] factors = part(scales, 0, column, columns);
            float[] added = part(bias, 0, column, columns);
            for (int i = 0; i < count; i++) {
                int at = i * stride;
                if (factors != null) {
                    multiply(sums, at, factors);
                }
                if (added != null) {
                    add(sums, at, added);
                }
                kernels.activate(spec.activation(), sums, at, columns);
                if (residual != null) {
                    add(sums, at, part(residual, row + i, column, columns));
                }
                out.write(out.at(0, 0, row + i) + column, sums, at, columns);
            }
        });
    }

    /** Some elements of a row, or null if there are no rows. */
    static float[] part(Rows rows, int row, int column, int columns) {
        if (rows == null) {
            return null;
        }
        float[] part = new float[columns];
        rows.read(rows.at(0, 0, row), column, part, 0, columns);
        return part;
    }

    private static void multiply(float[] to, int at, float[] factors) {
        for (int i = 0; i < factors.length; i++) {
            to[at + i] *= factors[i];
        }
    }

    static void add(float[] to, int at, float[] terms) {
        for (int i = 0; i < terms.length; i++) {
            to[at + i] += terms[i];
        }
    }
}
