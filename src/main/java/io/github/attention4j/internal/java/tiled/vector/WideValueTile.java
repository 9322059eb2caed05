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
        int j = 0;
        for (; j < keys - 1; j += 2) {
            int a = at + j * stride;
            FloatVector a0 = FloatVector.fromArray(SPECIES, weights, j * LANES);
            FloatVector a1 = FloatVector.fromArray(SPECIES, weights, j * LANES + VECTOR);
            FloatVector av0 = FloatVector.broadcast(SPECIES, value[a]);
            o00 = a0.fma(av0, o00);
            o01 = a1.fma(av0, o01);
            FloatVector av1 = FloatVector.broadcast(SPECIES, value[a + 1]);
            o10 = a0.fma(av1, o10);
            o11 = a1.fma(av1, o11);
            FloatVector av2 = FloatVector.broadcast(SPECIES, value[a + 2]);
            o20 = a0.fma(av2, o20);
            o21 = a1.fma(av2, o21);
            FloatVector av3 = FloatVector.broadcast(SPECIES, value[a + 3]);
            o30 = a0.fma(av3, o30);
            o31 = a1.fma(av3, o31);
            FloatVector av4 = FloatVector.broadcast(SPECIES, value[a + 4]);
            o40 = a0.fma(av4, o40);
            o41 = a1.fma(av4, o41);
            FloatVector av5 = FloatVector.broadcast(SPECIES, value[a + 5]);
            o50 = a0.fma(av5, o50);
            o51 = a1.fma(av5, o51);
            FloatVector av6 = FloatVector.broadcast(SPECIES, value[a + 6]);
            o60 = a0.fma(av6, o60);
            o61 = a1.fma(av6, o61);
            FloatVector av7 = FloatVector.broadcast(SPECIES, value[a + 7]);
            o70 = a0.fma(av7, o70);
            o71 = a1.fma(av7, o71);
            int b = at + (j + 1) * stride;
            FloatVector b0 = FloatVector.fromArray(SPECIES, weights, (j + 1) * LANES);
            FloatVector b1 = FloatVector.fromArray(SPECIES, weights, (j + 1) * LANES + VECTOR);
            FloatVector bv0 = FloatVector.broadcast(SPECIES, value[b]);
            o00 = b0.fma(bv0, o00);
            o01 = b1.fma(bv0, o01);
            FloatVector bv1 = FloatVector.broadcast(SPECIES, value[b + 1]);
            o10 = b0.fma(bv1, o10);
            o11 = b1.fma(bv1, o11);
            FloatVector bv2 = FloatVector.broadcast(SPECIES, value[b + 2]);
            o20 = b0.fma(bv2, o20);
            o21 = b1.fma(bv2, o21);
            FloatVector bv3 = FloatVector.broadcast(SPECIES, value[b + 3]);
            o30 = b0.fma(bv3, o30);
            o31 = b1.fma(bv3, o31);
            FloatVector bv4 = FloatVector.broadcast(SPECIES, value[b + 4]);
            o40 = b0.fma(bv4, o40);
            o41 = b1.fma(bv4, o41);
            FloatVector bv5 = FloatVector.broadcast(SPECIES, value[b + 5]);
            o50 = b0.fma(bv5, o50);
            o51 = b1.fma(bv5, o51);
            FloatVector bv6 = FloatVector.broadcast(SPECIES, value[b + 6]);
            o60 = b0.fma(bv6, o60);
            o61 = b1.fma(bv6, o61);
            FloatVector bv7 = FloatVector.broadcast(SPECIES, value[b + 7]);
            o70 = b0.fma(bv7, o70);
            o71 = b1.fma(bv7, o71);
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
        if (j < keys) {
            addLast(value, at + j * stride, weights, j * LANES, out, to);
        }
    }

    /** The last of an odd number of keys; by itself, since the loop above is all that C2 has room for in a method. */
    private static void addLast(float[] value, int at, float[] weights, int from, float[] out, int to) {
        for (int d = 0; d < COLUMNS; d++) {
            FloatVector v = FloatVector.broadcast(SPECIES, value[at + d]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int sum = to + d * LANES + lane;
                FloatVector.fromArray(SPECIES, weights, from + lane)
                        .fma(v, FloatVector.fromArray(SPECIES, out, sum))
                        .intoArray(out, sum);
            }
        }
    }
}
