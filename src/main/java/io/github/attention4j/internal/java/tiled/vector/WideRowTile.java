package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;

/** {@link RowTile} for four rows where vectors of 512 bits come with 32 registers: 4 rows x 4 vectors of columns. */
final class WideRowTile {
    private static final int ROWS = 4;
    private static final int COLUMNS = 4 * VECTOR;

    private WideRowTile() {}

    /** Adds to rows {@code first} to {@code first + 3}. */
    static void addRows(float[][] weights, int first, float[] value, int at, int stride, int keys, float[][] out) {
        int columns = out[first].length;
        int d = 0;
        for (; d + COLUMNS <= columns; d += COLUMNS) {
            addFour(
                    weights[first],
                    weights[first + 1],
                    weights[first + 2],
                    weights[first + 3],
                    value,
                    at + d,
                    stride,
                    keys,
                    out[first],
                    out[first + 1],
                    out[first + 2],
                    out[first + 3],
                    d);
        }
        for (int row = first; row < first + ROWS; row++) {
            RowTile.addRows(weights[row], value, at, stride, keys, out[row], d);
        }
    }

    private static void addFour(
            float[] weights0,
            float[] weights1,
            float[] weights2,
            float[] weights3,
            float[] value,
            int at,
            int stride,
            int keys,
            float[] out0,
            float[] out1,
            float[] out2,
            float[] out3,
            int to) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, out0, to);
        FloatVector s01 = FloatVector.fromArray(SPECIES, out0, to + VECTOR);
        FloatVector s02 = FloatVector.fromArray(SPECIES, out0, to + 2 * VECTOR);
        FloatVector s03 = FloatVector.fromArray(SPECIES, out0, to + 3 * VECTOR);
        FloatVector s10 = FloatVector.fromArray(SPECIES, out1, to);
        FloatVector s11 = FloatVector.fromArray(SPECIES, out1, to + VECTOR);
        FloatVector s12 = FloatVector.fromArray(SPECIES, out1, to + 2 * VECTOR);
        FloatVector s13 = FloatVector.fromArray(SPECIES, out1, to + 3 * VECTOR);
        FloatVector s20 = FloatVector.fromArray(SPECIES, out2, to);
        FloatVector s21 = FloatVector.fromArray(SPECIES, out2, to + VECTOR);
        FloatVector s22 = FloatVector.fromArray(SPECIES, out2, to + 2 * VECTOR);
        FloatVector s23 = FloatVector.fromArray(SPECIES, out2, to + 3 * VECTOR);
        FloatVector s30 = FloatVector.fromArray(SPECIES, out3, to);
        FloatVector s31 = FloatVector.fromArray(SPECIES, out3, to + VECTOR);
        FloatVector s32 = FloatVector.fromArray(SPECIES, out3, to + 2 * VECTOR);
        FloatVector s33 = FloatVector.fromArray(SPECIES, out3, to + 3 * VECTOR);
        int from = at;
        for (int j = 0; j < keys; j++) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, value, from);
            FloatVector v1 = FloatVector.fromArray(SPECIES, value, from + VECTOR);
            FloatVector v2 = FloatVector.fromArray(SPECIES, value, from + 2 * VECTOR);
            FloatVector v3 = FloatVector.fromArray(SPECIES, value, from + 3 * VECTOR);
            FloatVector w0 = FloatVector.broadcast(SPECIES, weights0[j]);
            s00 = v0.fma(w0, s00);
            s01 = v1.fma(w0, s01);
            s02 = v2.fma(w0, s02);
            s03 = v3.fma(w0, s03);
            FloatVector w1 = FloatVector.broadcast(SPECIES, weights1[j]);
            s10 = v0.fma(w1, s10);
            s11 = v1.fma(w1, s11);
            s12 = v2.fma(w1, s12);
            s13 = v3.fma(w1, s13);
            FloatVector w2 = FloatVector.broadcast(SPECIES, weights2[j]);
            s20 = v0.fma(w2, s20);
            s21 = v1.fma(w2, s21);
            s22 = v2.fma(w2, s22);
            s23 = v3.fma(w2, s23);
            FloatVector w3 = FloatVector.broadcast(SPECIES, weights3[j]);
            s30 = v0.fma(w3, s30);
            s31 = v1.fma(w3, s31);
            s32 = v2.fma(w3, s32);
            s33 = v3.fma(w3, s33);
            from += stride;
        }
        s00.intoArray(out0, to);
        s01.intoArray(out0, to + VECTOR);
        s02.intoArray(out0, to + 2 * VECTOR);
        s03.intoArray(out0, to + 3 * VECTOR);
        s10.intoArray(out1, to);
        s11.intoArray(out1, to + VECTOR);
        s12.intoArray(out1, to + 2 * VECTOR);
        s13.intoArray(out1, to + 3 * VECTOR);
        s20.intoArray(out2, to);
        s21.intoArray(out2, to + VECTOR);
        s22.intoArray(out2, to + 2 * VECTOR);
        s23.intoArray(out2, to + 3 * VECTOR);
        s30.intoArray(out3, to);
        s31.intoArray(out3, to + VECTOR);
        s32.intoArray(out3, to + 2 * VECTOR);
        s33.intoArray(out3, to + 3 * VECTOR);
    }
}
