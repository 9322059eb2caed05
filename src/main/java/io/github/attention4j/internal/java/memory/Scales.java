package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;

/**
 * The scales of quantised rows: what their whole numbers are multiplied with, a row or a group of neighbours at a time.
 */
final class Scales {
    final Rows rows;
    private final DType dtype;

    Scales(DType dtype, Rows rows) {
        this.rows = rows;
        this.dtype = dtype;
    }

    /** How many neighbours of a row of {@code columns} elements share a scale. */
    static int group(DType dtype, int columns) {
        return dtype.scales(columns) == 1 ? columns : DType.GROUP;
    }

    /** Multiplies the first elements of a row by their scales. */
    void multiply(int batch, int head, int row, float[] elements, int from, int count) {
        int at = rows.at(batch, head, row);
        float[] scale = new float[1];
        int group = group(dtype, count);
        for (int d = 0; d < count; d += group) {
            rows.read(at + d / group, scale, 0, 1);
            for (int i = d; i < Math.min(d + group, count); i++) {
                elements[from + i] *= scale[0];
            }
        }
    }
}
