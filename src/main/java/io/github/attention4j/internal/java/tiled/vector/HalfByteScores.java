package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.DType;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Dot products of a few rows with keys of 4 bits, where they lie, elements along the lanes in the order of
 * {@code Halves}. Each group of a key's elements is times its scale. The bits of a product do not depend on what is
 * computed beside it.
 */
final class HalfByteScores extends RowScorer {
    private static final int UNIT = 2 * VECTOR;

    HalfByteScores() {
        super(MethodHandles.lookup(), Codec.I4, "scoreOne", "scoreTwo", "scoreFour");
    }

    /** Four rows; sums along the lanes into parts. */
    private static void scoreFour(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        byte[] array = (byte[]) key.array;
        float[] scales = key.scales;
        int at = key.at;
        int stride = key.stride;
        int groups = key.groups;
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        float[] q2 = queries[row + 2];
        float[] q3 = queries[row + 3];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j++) {
            FloatVector s0 = FloatVector.zero(SPECIES);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int d = 0; d < q0.length; d += UNIT) {
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                FloatVector y0 = FloatVector.fromArray(SPECIES, q0, d + VECTOR);
                FloatVector x1 = FloatVector.fromArray(SPECIES, q1, d);
                FloatVector y1 = FloatVector.fromArray(SPECIES, q1, d + VECTOR);
                FloatVector x2 = FloatVector.fromArray(SPECIES, q2, d);
                FloatVector y2 = FloatVector.fromArray(SPECIES, q2, d + VECTOR);
                FloatVector x3 = FloatVector.fromArray(SPECIES, q3, d);
                FloatVector y3 = FloatVector.fromArray(SPECIES, q3, d + VECTOR);
                IntVector bytes = Elements.wholeBytes(array, at + j * stride + d / 2);
                FloatVector scale = FloatVector.broadcast(SPECIES, scales[j * groups + d / DType.GROUP]);
                FloatVector lower = Elements.lowerHalves(bytes).mul(scale);
                FloatVector upper = Elements.upperHalves(bytes).mul(scale);
                s0 = upper.fma(y0, lower.fma(x0, s0));
                s1 = upper.fma(y1, lower.fma(x1, s1));
                s2 = upper.fma(y2, lower.fma(x2, s2));
                s3 = upper.fma(y3, lower.fma(x3, s3));
            }
            int to = (j - first) * VECTOR;
            s0.intoArray(parts, to);
            s1.intoArray(parts, to + LaneSums.ROW);
            s2.intoArray(parts, to + 2 * LaneSums.ROW);
            s3.intoArray(parts, to + 3 * LaneSums.ROW);
        }
    }

    /** Two rows, two keys a step, the last one again instead of the one behind it. */
    private static void scoreTwo(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        byte[] array = (byte[]) key.array;
        float[] scales = key.scales;
        int at = key.at;
        int stride = key.stride;
        int groups = key.groups;
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += 2) {
            int j1 = Math.min(j + 1, last);
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            for (int d = 0; d < q0.length; d += UNIT) {
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                FloatVector y0 = FloatVector.fromArray(SPECIES, q0, d + VECTOR);
                FloatVector x1 = FloatVector.fromArray(SPECIES, q1, d);
                FloatVector y1 = FloatVector.fromArray(SPECIES, q1, d + VECTOR);
                IntVector bytes0 = Elements.wholeBytes(array, at + j * stride + d / 2);
                FloatVector scale0 = FloatVector.broadcast(SPECIES, scales[j * groups + d / DType.GROUP]);
                FloatVector lower0 = Elements.lowerHalves(bytes0).mul(scale0);
                FloatVector upper0 = Elements.upperHalves(bytes0).mul(scale0);
                s00 = upper0.fma(y0, lower0.fma(x0, s00));
                s10 = upper0.fma(y1, lower0.fma(x1, s10));
                IntVector bytes1 = Elements.wholeBytes(array, at + j1 * stride + d / 2);
                FloatVector scale1 = FloatVector.broadcast(SPECIES, scales[j1 * groups + d / DType.GROUP]);
                FloatVector lower1 = Elements.lowerHalves(bytes1).mul(scale1);
                FloatVector upper1 = Elements.upperHalves(bytes1).mul(scale1);
                s01 = upper1.fma(y0, lower1.fma(x0, s01));
                s11 = upper1.fma(y1, lower1.fma(x1, s11));
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
            s10.intoArray(parts, to + LaneSums.ROW);
            s11.intoArray(parts, to + LaneSums.ROW + VECTOR);
        }
    }

    /** One row, two keys a step. */
    private static void scoreOne(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        byte[] array = (byte[]) key.array;
        float[] scales = key.scales;
        int at = key.at;
        int stride = key.stride;
        int groups = key.groups;
        float[] q0 = queries[row];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += 2) {
            int j1 = Math.min(j + 1, last);
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            for (int d = 0; d < q0.length; d += UNIT) {
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                FloatVector y0 = FloatVector.fromArray(SPECIES, q0, d + VECTOR);
                IntVector bytes0 = Elements.wholeBytes(array, at + j * stride + d / 2);
                FloatVector scale0 = FloatVector.broadcast(SPECIES, scales[j * groups + d / DType.GROUP]);
                FloatVector lower0 = Elements.lowerHalves(bytes0).mul(scale0);
                FloatVector upper0 = Elements.upperHalves(bytes0).mul(scale0);
                s00 = upper0.fma(y0, lower0.fma(x0, s00));
                IntVector bytes1 = Elements.wholeBytes(array, at + j1 * stride + d / 2);
                FloatVector scale1 = FloatVector.broadcast(SPECIES, scales[j1 * groups + d / DType.GROUP]);
                FloatVector lower1 = Elements.lowerHalves(bytes1).mul(scale1);
                FloatVector upper1 = Elements.upperHalves(bytes1).mul(scale1);
                s01 = upper1.fma(y0, lower1.fma(x0, s01));
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
        }
    }
}
