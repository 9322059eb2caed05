package io.github.attention4j.internal.java.layers;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;

/** What is computed row by row: runs of neighbouring rows are shared out to the threads. */
final class RowWork implements LayerWork {
    /** Rows of a work item. */
    private static final int RUN = 16;

    private final int rows;
    private final Threads threads;
    private final Kind kind;

    /** A kind of layer. */
    interface Kind {
        /** What one thread does on the operands of a call, with space of its own. */
        OneRow begin(LayerRows operands);
    }

    /** Computes a row of the output. */
    interface OneRow {
        void compute(int row);
    }

    RowWork(int rows, Threads threads, Kind kind) {
        this.rows = rows;
        this.threads = threads;
        this.kind = kind;
    }

    @Override
    public String describe() {
        return RUN + " rows a work item";
    }

    @Override
    public void compute(LayerRows operands) {
        Threads.Work work = next -> {
            OneRow oneRow = kind.begin(operands);
            for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                for (int row = item * RUN; row < Math.min(rows, (item + 1) * RUN); row++) {
                    oneRow.compute(row);
                }
            }
        };
        int items = (rows - 1) / RUN + 1;
        if (items == 1) {
            Threads.runAlone(items, work);
        } else {
            threads.run(items, work);
        }
    }

    /** Reads a row, from its first element on. */
    static float[] read(Rows from, int row, float[] to) {
        from.read(from.at(0, 0, row), 0, to, 0, to.length);
        return to;
    }

    /** Adds a row to another, by way of space for one. */
    static void add(Rows from, int row, float[] to, float[] space) {
        LinearTiles.add(to, 0, read(from, row, space));
    }

    static void write(Rows to, int row, float[] from) {
        to.write(to.at(0, 0, row), from, 0, from.length);
    }

    static int clamp(int x, int most) {
        return Math.max(0, Math.min(x, most));
    }
}
