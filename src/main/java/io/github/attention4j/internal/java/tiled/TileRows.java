package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A tile of rows, of keys or values say, as the micro-kernels read it: where it lies if that is an array of floats,
 * else a copy.
 */
final class TileRows {
    float[] array;
    int at;
    int stride;

    /** The same as they are stored, which may be in numbers of another type: {@link #showStored}. */
    final StoredRows stored = new StoredRows();

    private final MicroKernels kernels;
    private final int tile;
    private final Halves halves;
    final int columns;
    private float[] copy;
    private float[] scale;
    private int rows;

    /** Elements of the array that a row of {@link #stored} takes. */
    private int storedColumns;

    /** Which rows hold a NaN or an infinity, once somebody has asked. */
    private final boolean[] unusual;

    private Runnable copyStored;
    private float[] usual;
    private boolean looked;

    /** What {@link StoredRows#fetch} made of the rows that were copied. */
    private int fetched;

    private boolean finite;

    /** A tile of that many rows at most. */
    TileRows(MicroKernels kernels, int tile, int columns) {
        this(kernels, tile, columns, 0);
    }

    /** A tile whose copies have the order of {@link Halves}, if unit is not 0. */
    TileRows(MicroKernels kernels, int tile, int columns, int unit) {
        this.kernels = kernels;
        halves = new Halves(unit);
        this.tile = tile;
        this.columns = columns;
        unusual = new boolean[tile];
    }

    /** Points to rows of one head. */
    void show(Rows source, int batch, int head, int row, int rows) {
        if (source.floats == null || source.run(row) < rows || halves.areApart()) {
            showCopy(source, batch, head, row, rows);
            return;
        }
        start(source.floats, source.at(batch, head, row), source.rowStride, rows);
    }

    private void start(float[] array, int at, int stride, int rows) {
        this.array = array;
        this.at = at;
        this.stride = stride;
        this.rows = rows;
        looked = false;
        storedColumns = columns;
        stored.show(Codec.F32, array, at, stride, null, 0);
    }

    /**
     * Points to rows of one head as they are stored; copies them if {@link RowProducts} cannot read them so. Scales of
     * whole rows are left to these in either case.
     *
     * @param isTaken whether they read rows of this type
     */
    void showStored(Rows source, int batch, int head, int row, int rows, boolean isTaken) {
        int from = source.at(batch, head, row);
        boolean isScaled = source.scales() != null;
        if (source.floats != null
                || source.array == null
                || source.run(row) < rows
                || !isScaled && !isTaken
                || !areInOrder(source, isTaken)
                || !kernels.areOrdinary(source.codec, source.array, from, source.rowStride, rows, columns)) {
            show(source, batch, head, row, rows);
            return;
        }
        int groups = source.groups(columns);
        if (isScaled) {
            readScales(source, source.scales().at(batch, head, row), groups, rows);
        }
        if (isTaken) {
            int inGroups = halves.areApart() ? groups : 0;
            stored.show(source.codec, source.array, from, source.rowStride, isScaled ? scale : null, inGroups);
            storedColumns = source.rowUnits;
        } else {
            copy = copy == null ? new float[tile * columns] : copy;
            readRun(source, from, 0, rows);
            stored.show(Codec.F32, copy, 0, columns, scale, 0);
        }
        array = null;
        this.rows = rows;
        looked = false;
        copyStored = () -> showCopy(source, batch, head, row, rows);
    }

    /** Whether those who read rows where they lie find elements in their order: scaled in groups, those of halves. */
    private boolean areInOrder(Rows source, boolean isTaken) {
        return halves.areApart() ? isTaken : source.groups(columns) <= 1;
    }

    /** {@link StoredRows#fetch} of the rows that are shown; a copy is near already. */
    int fetch() {
        return stored.array == copy ? fetched : stored.fetch(rows, storedColumns);
    }

    /** Copies rows of one head, which may then be changed. */
    void showCopy(Rows source, int batch, int head, int row, int rows) {
        copy = copy == null ? new float[tile * columns] : copy;
        for (int i = 0; i < rows; ) {
            int run = Math.min(rows - i, source.run(row + i));
            int at = source.at(batch, head, row + i);
            if (source.scales() == null) {
                readRun(source, at, i, run);
                split(i, run);
            } else if (source.array != null) {
                readScaled(source, at, source.scales().at(batch, head, row + i), i, run);
            } else {
                for (int j = i; j < i + run; j++) {
                    source.readRow(batch, head, row + j, copy, j * columns, columns);
                }
                split(i, run);
            }
            i += run;
        }
        start(copy, 0, columns, rows);
    }

    /**
     * Points to rows of one head, turned by their positions.
     *
     * @param rotary null if they are not
     * @param positions of the rows, from 0
     */
    void showRotated(
            Rows source, int batch, int head, int row, int rows, RotaryTable rotary, IntUnaryOperator positions) {
        if (rotary == null) {
            show(source, batch, head, row, rows);
            return;
        }
        showCopy(source, batch, head, row, rows);
        for (int i = 0; i < rows; i++) {
            rotary.rotate(copy, i * columns, positions.applyAsInt(i));
        }
    }

    private void readScales(Rows source, int from, int groups, int rows) {
        Rows scales = source.scales();
        scale = scale == null ? new float[tile * groups] : scale;
        if (scales.rowStride == groups) {
            scales.read(from, scale, 0, rows * groups);
        } else {
            for (int i = 0; i < rows; i++) {
                scales.read(from + i * scales.rowStride, scale, i * groups, groups);
            }
        }
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
        int groups = source.groups(columns);
        readScales(source, fromScale, groups, rows);
        if (halves.areApart()) {
            stored.show(source.codec, source.array, from, source.rowStride, null, 0);
            fetched = stored.fetch(rows, source.rowUnits);
            // Rows that lie side by side are one to a loop that would hardly have begun with each.
            int together = source.rowStride == source.rowUnits ? rows : 1;
            for (int i = 0; i < rows; i += together) {
                int at = from + i * source.rowStride;
                int to = (first + i) * columns;
                kernels.decodeHalves(source.array, at, copy, to, together * columns, scale, i * groups);
            }
            return;
        }
        for (int i = 0; i < rows; i++) {
            int at = from + i * source.rowStride;
            kernels.decodeRow(source.codec, source.array, at, copy, (first + i) * columns, columns, scale, i * groups);
        }
    }

    private void split(int first, int rows) {
        for (int i = first; i < first + rows; i++) {
            halves.split(copy, i * columns, columns);
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
        if (array == null) {
            copyStored.run();
        }
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
        copyStored = null;
        stored.array = null;
    }
}
