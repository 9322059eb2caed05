package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of Vᵀ P beside {@link WideScoreTile}: 8 columns of the values x 2 vectors of queries, two keys a
 * step.
 */
final class WideValueTile {
    /** Columns of a tile. */
    static final int COLUMNS = 8;

    private WideValueTile() {}

    /** As many columns as whole tiles have, which it returns. */
    static int multiplyWhole(float[] value, int at, int stride, float[] weights, int keys, float[] out, int valueDim) {
        int d = 0;
        for (; d + COLUMNS <= valueDim; d += COLUMNS) {
            multiply(value, at + d, stride, weights, keys, out, d * LANES);
        }
        return d;
    }

    private static void multiply(float[] value, int at, int stride, float[] weights, int keys, float[] out, int to) {
        FloatVector o00 = FloatVector.fromArray(SPECIES, out, to);
        FloatVector o01 = FloatVector.fromArray(SPECIES, out, to + VECTOR);
        FloatVector o10 = FloatVector.fromArray(SPECIES, out, to + LANES);
        FloatVector o11 = FloatVector.fromArray(SPECIES, out, to + LANES + VECTOR);
        FloatVector o20 = FloatVector.fromArray(SPECIES, out, to + 2 * LANES);
        FloatVector o21 = FloatVector.fromArray(SPECIES, out, to + 2 * LANES + VECTOR);
        FloatVector o30 = FloatVector.fromArray(SPECIES, out, to + 3 * LANES);
        FloatVector o31 = FloatVector.fromArray(SPECIES, out, to + 3 * LANES + VECTOR);
        FloatVector o40 = FloatVector.fromArray(SPECIES, out, to + 4 * LANES);
        FloatVector o41 = FloatVector.fromArray(SPECIES, out, to + 4 * LANES + VECTOR);
        FloatVector o50 = FloatVector.fromArray(SPECIES, out, to + 5 * LANES);
        FloatVector o51 = FloatVector.fromArray(SPECIES, out, to + 5 * LANES + VECTOR);
        FloatVector o60 = FloatVector.fromArray(SPECIES, out, to + 6 * LANES);
        FloatVector o61 = FloatVector.fromArray(SPECIES, out, to + 6 * LANES + VECTOR);
        FloatVector o70 = FloatVector.fromArray(SPECIES, out, to + 7 * LANES);
        FloatVector o71 = FloatVector.fromArray(SPECIES, out, to + 7 * LANES + VECTOR);
        for (int j = 0; j < keys; j++) {
            int row = at + j * stride;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weights, j * LANES);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weights, j * LANES + VECTOR);
            FloatVector v0 = FloatVector.broadcast(SPECIES, value[row]);
            o00 = w0.fma(v0, o00);
            o01 = w1.fma(v0, o01);
            FloatVector v1 = FloatVector.broadcast(SPECIES, value[row + 1]);
            o10 = w0.fma(v1, o10);
            o11 = w1.fma(v1, o11);
            FloatVector v2 = FloatVector.broadcast(SPECIES, value[row + 2]);
            o20 = w0.fma(v2, o20);
            o21 = w1.fma(v2, o21);
            FloatVector v3 = FloatVector.broadcast(SPECIES, value[row + 3]);
            o30 = w0.fma(v3, o30);
            o31 = w1.fma(v3, o31);
            FloatVector v4 = FloatVector.broadcast(SPECIES, value[row + 4]);
            o40 = w0.fma(v4, o40);
            o41 = w1.fma(v4, o41);
            FloatVector v5 = FloatVector.broadcast(SPECIES, value[row + 5]);
            o50 = w0.fma(v5, o50);
            o51 = w1.fma(v5, o51);
            FloatVector v6 = FloatVector.broadcast(SPECIES, value[row + 6]);
            o60 = w0.fma(v6, o60);
            o61 = w1.fma(v6, o61);
            FloatVector v7 = FloatVector.broadcast(SPECIES, value[row + 7]);
            o70 = w0.fma(v7, o70);
            o71 = w1.fma(v7, o71);
        }
        o00.intoArray(out, to);
        o01.intoArray(out, to + VECTOR);
        o10.intoArray(out, to + LANES);
        o11.intoArray(out, to + LANES + VECTOR);
        o20.intoArray(out, to + 2 * LANES);
        o21.intoArray(out, to + 2 * LANES + VECTOR);
        o30.intoArray(out, to + 3 * LANES);
        o31.intoArray(out, to + 3 * LANES + VECTOR);
        o40.intoArray(out, to + 4 * LANES);
        o41.intoArray(out, to + 4 * LANES + VECTOR);
        o50.intoArray(out, to + 5 * LANES);
        o51.intoArray(out, to + 5 * LANES + VECTOR);
        o60.intoArray(out, to + 6 * LANES);
        o61.intoArray(out, to + 6 * LANES + VECTOR);
        o70.intoArray(out, to + 7 * LANES);
        o71.intoArray(out, to + 7 * LANES + VECTOR);
    }
}
