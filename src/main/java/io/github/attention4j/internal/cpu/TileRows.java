package io.github.attention4j.internal.cpu;

/** A tile of keys or values as the micro-kernels read it: where it lies if that is an array, else a copy. */
final class TileRows {
    float[] array;
    int at;
    int stride;

    private final int tile;
    private final int columns;
    private float[] copy;

    TileRows(int tile, int columns) {
        this.tile = tile;
        this.columns = columns;
    }

    /** Points to rows of one head. */
    void show(HostRows source, int batch, int head, int row, int rows) {
        int from = source.at(batch, head, row);
        if (source.array != null) {
            array = source.array;
            at = from;
            stride = source.rowStride;
            return;
        }
        copy = copy == null ? new float[tile * columns] : copy;
        if (source.rowStride == columns) {
            source.read(from, copy, 0, rows * columns);
        } else {
            for (int i = 0; i < rows; i++) {
                source.read(from + i * source.rowStride, copy, i * columns, columns);
            }
        }
        array = copy;
        at = 0;
        stride = columns;
    }
}
