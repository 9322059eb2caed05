package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of Vᵀ P: 4 columns of the values x 2 vectors of queries, two keys a step. See {@link ScoreTile} for
 * the number of accumulators.
 */
final class ValueTile {
    /** Columns of a tile. */
    static final int COLUMNS = 4;

    private static final int LITTLE = 7;

    private static final float[] VALUE = new float[LITTLE * 16];
    private static final float[] WEIGHTS = new float[LITTLE * LANES];
    private static final float[] OUT = new float[16 * LANES];
    private static final Practice PRACTICE = new Practice(
            40,
            turn -> vectors(
                    VALUE, 0, 16, WEIGHTS, turn % 16 == 0 ? LITTLE : 2, OUT, turn % 16 == 4 ? 15 : tileColumns()));

    /** Of fewer columns than a tile has. */
    private static final Practice FEW =
            new Practice(30, turn -> vectors(VALUE, 0, 16, WEIGHTS, turn % 16 == 0 ? LITTLE : 2, OUT, COLUMNS));

    private ValueTile() {}

    private static int tileColumns() {
        return VECTOR < ScoreTile.WIDE ? COLUMNS : WideValueTile.COLUMNS;
    }

    /** All columns, tile by tile. */
    static void multiplyAll(float[] value, int at, int stride, float[] weights, int keys, float[] out, int valueDim) {
        if (PRACTICE.isOver() && (valueDim % tileColumns() < COLUMNS || FEW.isOver())) {
            vectors(value, at, stride, weights, keys, out, valueDim);
        } else {
            numbers(value, at, stride, weights, keys, out, valueDim);
        }
    }

    private static void numbers(
            float[] value, int at, int stride, float[] weights, int keys, float[] out, int valueDim) {
        for (int j = 0; j < keys; j++) {
            for (int d = 0; d < valueDim; d++) {
                Numbers.multiplyAdd(weights, j * LANES, LANES, value[at + j * stride + d], out, d * LANES);
            }
        }
    }

    private static void vectors(
            float[] value, int at, int stride, float[] weights, int keys, float[] out, int valueDim) {
        int d = VECTOR < ScoreTile.WIDE
                ? 0
                : WideValueTile.multiplyWhole(value, at, stride, weights, keys, out, valueDim);
        for (; d + COLUMNS <= valueDim; d += COLUMNS) {
            multiply(value, at + d, stride, weights, keys, out, d * LANES);
        }
        for (; d < valueDim; d++) {
            multiplyOne(value, at + d, stride, weights, keys, out, d * LANES);
        }
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
        }
        o00.intoArray(out, to);
        o01.intoArray(out, to + VECTOR);
        o10.intoArray(out, to + LANES);
        o11.intoArray(out, to + LANES + VECTOR);
        o20.intoArray(out, to + 2 * LANES);
        o21.intoArray(out, to + 2 * LANES + VECTOR);
        o30.intoArray(out, to + 3 * LANES);
        o31.intoArray(out, to + 3 * LANES + VECTOR);
        if (j < keys) {
            ScoreTile.addRest(value, at + j * stride, 1, COLUMNS, weights, j * LANES, out, to);
        }
    }

    /** One column: for those that are left over. */
    private static void multiplyOne(float[] value, int at, int stride, float[] weights, int keys, float[] out, int to) {
        FloatVector o0 = FloatVector.fromArray(SPECIES, out, to);
        FloatVector o1 = FloatVector.fromArray(SPECIES, out, to + VECTOR);
        for (int j = 0; j < keys; j++) {
            FloatVector v = FloatVector.broadcast(SPECIES, value[at + j * stride]);
            o0 = FloatVector.fromArray(SPECIES, weights, j * LANES).fma(v, o0);
            o1 = FloatVector.fromArray(SPECIES, weights, j * LANES + VECTOR).fma(v, o1);
        }
        o0.intoArray(out, to);
        o1.intoArray(out, to + VECTOR);
    }
}
