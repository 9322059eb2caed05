package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.DType;
import io.github.attention4j.internal.java.memory.Rows;
import java.util.Arrays;

/**
 * A tile of rows, of keys or values say, as the micro-kernels read it: where it lies if that is an array of floats,
 * else a copy.
 */
final class TileRows {
    float[] array;
    int at;
    int stride;

    private final MicroKernels kernels;
    private final int tile;
    private final int columns;
    private float[] copy;
    private float[] scale;
    private int rows;

    /** Which rows hold a NaN or an infinity, once somebody has asked. */
    private final boolean[] unusual;

    private float[] usual;
    private boolean looked;
    private boolean finite;

    /** A tile of that many rows at most. */
    TileRows(MicroKernels kernels, int tile, int columns) {
        this.kernels = kernels;
        this.tile = tile;
        this.columns = columns;
        unusual = new boolean[tile];
    }

    /** Points to rows of one head. */
    void show(Rows source, int batch, int head, int row, int rows) {
        if (source.floats == null || source.run(row) < rows) {
            showCopy(source, batch, head, row, rows);
            return;
        }
        array = source.floats;
        at = source.at(batch, head, row);
        stride = source.rowStride;
        this.rows = rows;
        looked = false;
    }

    /** Copies rows of one head, which may then be changed. */
    void showCopy(Rows source, int batch, int head, int row, int rows) {
        copy = copy == null ? new float[tile * columns] : copy;
        for (int i = 0; i < rows; ) {
            int run = Math.min(rows - i, source.run(row + i));
            int at = source.at(batch, head, row + i);
            if (source.scales() == null) {
                readRun(source, at, i, run);
            } else if (source.array != null) {
                readScaled(source, at, source.scales().at(batch, head, row + i), i, run);
            } else {
                for (int j = i; j < i + run; j++) {
                    source.readRow(batch, head, row + j, copy, j * columns, columns);
                }
            }
            i += run;
        }
        array = copy;
        at = 0;
        stride = columns;
        this.rows = rows;
        looked = false;
    }

    private void readRun(Rows source, int from, int first, int rows) {
        if (source.rowStride == columns) {
            read(source, from, first * columns, rows * columns);
        } else {
            for (int i = 0; i < rows; i++) {
                read(source, from + i * source.rowStride, (first + i) * columns, columns);
            }
        }
    }

    /** Rows from a position on, whose scales lie from another position on. */
    private void readScaled(Rows source, int from, int fromScale, int first, int rows) {
        Rows scales = source.scales();
        int groups = source.groups(columns);
        int group = groups == 1 ? columns : DType.GROUP;
        int units = group / source.codec.packed();
        scale = scale == null ? new float[groups] : scale;
        for (int i = 0; i < rows; i++) {
            scales.read(fromScale + i * scales.rowStride, scale, 0, groups);
            int at = from + i * source.rowStride;
            int to = (first + i) * columns;
            for (int g = 0; g < groups; g++) {
                int count = Math.min(group, columns - g * group);
                kernels.decode(source.codec, source.array, at + g * units, copy, to + g * group, count, scale[g]);
            }
        }
    }

    private void read(Rows source, int from, int to, int count) {
        if (source.array != null) {
            kernels.decode(source.codec, source.array, from, copy, to, count);
        } else {
            source.read(from, copy, to, count);
        }
    }

    /** Whether all rows that are shown hold but numbers. */
    boolean finite() {
        if (!looked) {
            looked = true;
            finite = true;
            for (int i = 0; i < rows; i++) {
                unusual[i] = !kernels.finite(array, at + i * stride, columns);
                finite &= !unusual[i];
            }
            if (!finite) {
                takeOut();
            }
        }
        return finite;
    }

    private void takeOut() {
        usual = usual == null ? new float[tile * columns] : usual;
        for (int i = 0; i < rows; i++) {
            int to = i * columns;
            if (unusual[i]) {
                Arrays.fill(usual, to, to + columns, 0);
            } else {
                System.arraycopy(array, at + i * stride, usual, to, columns);
            }
        }
    }

    /** After {@link #finite} said no: whether it is for this row. */
    boolean isUnusual(int row) {
        return unusual[row];
    }

    /** After {@link #finite} said no: the rows side by side, zeros where they are unusual. */
    float[] usual() {
        return usual;
    }

    /** Lets go of the caller's array. */
    void release() {
        array = null;
    }
}
