package io.github.attention4j.internal.java.layers;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.tiled.MicroKernels;

/** Some rows and columns of a matrix as floats: where they lie if that is an array of floats, else a copy. */
final class Piece {
    float[] array;
    int at;
    int stride;

    private final MicroKernels kernels;
    private float[] copy = new float[0];

    Piece(MicroKernels kernels) {
        this.kernels = kernels;
    }

    /** Points to them, or copies them. */
    void show(Rows source, int row, int rows, int column, int columns) {
        if (source.floats == null) {
            copy(source, row, rows, column, columns);
            return;
        }
        array = source.floats;
        at = source.at(0, 0, row) + column;
        stride = source.rowStride;
    }

    /** Copies them, side by side. */
    void copy(Rows source, int row, int rows, int column, int columns) {
        if (copy.length < rows * columns) {
            copy = new float[rows * columns];
        }
        for (int i = 0; i < rows; i++) {
            int from = source.at(0, 0, row + i);
            if (source.array != null) {
                kernels.decode(source.codec, source.array, from + column, copy, i * columns, columns);
            } else {
                source.read(from, column, copy, i * columns, columns);
            }
        }
        array = copy;
        at = 0;
        stride = columns;
    }

    /** Multiplies a row of what was copied. */
    void multiply(int row, float factor) {
        for (int i = row * stride; i < (row + 1) * stride; i++) {
            copy[i] *= factor;
        }
    }
}
