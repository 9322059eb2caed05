package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;

/** What one thread needs to compute one work item of {@link TiledGradients} after the other; kept for the next call. */
final class GradientSpace {
    final GradientPanel[] panels;
    final TileRows queries;
    final TileRows gradOuts;

    /** Whether the key of a lane holds but numbers. */
    final boolean[][] isUsual;

    final float[] key;
    final float[] value;

    /** A gradient's row. */
    final double[] row;

    /** Gradients of a query's scores. */
    final float[] scores;

    GradientSpace(AttentionSpec spec, MicroKernels kernels, GradientTiles tiles) {
        panels = kernels.newGradientPanels(tiles.panels(), tiles.lanes(), spec.headDim(), spec.valueDim());
        queries = new TileRows(kernels, tiles.rows(), spec.headDim());
        gradOuts = new TileRows(kernels, tiles.rows(), spec.valueDim());
        isUsual = new boolean[tiles.panels()][tiles.lanes()];
        key = new float[spec.headDim()];
        value = new float[spec.valueDim()];
        row = new double[Math.max(spec.headDim(), spec.valueDim())];
        scores = new float[tiles.lanes()];
    }

    /** Lets go of the caller's arrays. */
    void release() {
        queries.release();
        gradOuts.release();
    }
}
