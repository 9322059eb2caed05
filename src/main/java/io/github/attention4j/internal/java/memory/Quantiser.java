package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;

/**
 * Turns rows of floats into whole numbers and scales, as {@code kernels/lib/cache/quantise.clh} does: the largest
 * element of a row (I8), or of a group of neighbours (I4), has the largest whole number. A NaN or an infinity makes all
 * elements of its scale NaN.
 */
final class Quantiser {
    /** A smaller scale counts as 0: its inverse would not be finite. */
    private static final float LEAST = 0x1p-126f;

    private final int group;
    private final float largest;

    /** For rows of {@code columns} elements. */
    Quantiser(DType dtype, int columns) {
        group = Scales.group(dtype, columns);
        largest = Codec.of(dtype).largest();
    }

    /** Turns a row into whole numbers; fills in its scales. */
    void quantise(float[] row, int columns, float[] scales) {
        for (int begin = 0; begin < columns; begin += group) {
            int end = Math.min(begin + group, columns);
            float scale = scale(row, begin, end);
            float inverse = scale > 0 ? 1 / scale : 0;
            scales[begin / group] = scale;
            for (int d = begin; d < end; d++) {
                double whole = Math.rint(row[d] * inverse);
                row[d] = inverse == 0 ? 0 : (float) Math.max(-largest, Math.min(largest, whole));
            }
        }
    }

    private float scale(float[] row, int begin, int end) {
        float most = 0;
        for (int d = begin; d < end; d++) {
            most = Math.max(most, Math.abs(row[d])); // NaN stays
        }
        float scale = most / largest;
        scale = scale * largest > Float.MAX_VALUE
                ? Math.nextDown(scale)
                : scale; // the element is finite when it is multiplied out again
        return !Float.isFinite(most) ? Float.NaN : scale < LEAST ? 0 : scale;
    }
}
