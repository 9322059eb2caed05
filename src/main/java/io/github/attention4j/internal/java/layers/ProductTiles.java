package io.github.attention4j.internal.java.layers;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.ProductPanel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;

/**
 * A matrix product in tiles, on all threads of a {@link Threads}: row i of the left matrix times row j of the right
 * one, for all i and j. A work item is a tile of left rows and a range of right ones; it goes along the inner dimension
 * in pieces, each of which is taken through its {@link ProductPanel}s.
 */
final class ProductTiles {
    /** Below this many operations a call runs on the caller's thread alone, see TiledAttention. */
    private static final double ALONE = 2e6;

    /** Elements of the inner dimension at a time: with two vectors of lanes, most of a first-level cache. */
    private static final int DEPTH = 192;

    /** Right rows of a work item at most: their sums stay in the second-level cache. */
    private static final int COLUMNS = 768;

    /** Right rows that are copied at a time, where they cannot be read where they lie. */
    private static final int COPIED = 64;

    /** So few left rows are multiplied one by one, with lanes along the row. */
    private static final int FEW = 4;

    /** Work items for each thread at least, so that all end at about the same time. */
    private static final int ITEMS = 3;

    private final Shape shape;
    private final MicroKernels kernels;
    private final Threads threads;
    private final boolean few;
    private final int lanes;
    private final int panels;
    private final int rowTiles;
    private final int columnTiles;
    private final int tileColumns;
    private final ConcurrentLinkedQueue<Space> free = new ConcurrentLinkedQueue<>();

    /**
     * @param rows of the left matrix
     * @param columns rows of the right matrix, columns of the result
     * @param depth the inner dimension
     * @param leftTurned whether the left matrix lies as [depth, rows]
     * @param rightTurned whether the right matrix lies as [depth, columns]
     */
    record Shape(int rows, int columns, int depth, boolean leftTurned, boolean rightTurned) {
        /** Rows times weights, as a linear layer has them. */
        static Shape linear(int rows, int columns, int depth) {
            return new Shape(rows, columns, depth, false, false);
        }

        double operations() {
            return 2.0 * rows * columns * depth;
        }
    }

    /** Takes what was computed. */
    interface Finish {
        /** Sums of some rows and columns, at {@code sums[(i - row) * stride + j - column]}; they may be changed. */
        void tile(float[] sums, int stride, int row, int rows, int column, int columns);
    }

    ProductTiles(Shape shape, MicroKernels kernels, Threads threads) {
        this.shape = shape;
        this.kernels = kernels;
        this.threads = threads;
        few = shape.rows <= FEW && !shape.leftTurned && !shape.rightTurned;
        lanes = kernels.productLanes(shape.rows);
        int blocks = few ? 1 : ceilDiv(shape.rows, lanes);
        rowTiles = ceilDiv(blocks, kernels.productPanels());
        panels = ceilDiv(blocks, rowTiles);
        int wanted = Math.max(ceilDiv(shape.columns, COLUMNS), ceilDiv(ITEMS * threads.count(), rowTiles));
        tileColumns = Math.max(COPIED, ceilDiv(ceilDiv(shape.columns, wanted), COPIED) * COPIED);
        columnTiles = ceilDiv(shape.columns, tileColumns);
    }

    private static int ceilDiv(int a, int b) {
        return (a - 1) / b + 1;
    }

    /** What is computed together, in a few words. */
    String describe() {
        return few
                ? "dot products with " + tileColumns + " rows of weights"
                : panels * lanes + " rows x " + tileColumns + " columns, " + lanes + " rows a panel, " + DEPTH
                        + " deep";
    }

    /** Computes all of the product. */
    void multiply(Rows left, Rows right, Finish finish) {
        multiply(left, right, null, finish);
    }

    /** Likewise, with factors along the inner dimension, for a right matrix that lies transposed; or null. */
    void multiply(Rows left, Rows right, float[] factors, Finish finish) {
        Threads.Work work = next -> {
            Space space = free.poll();
            space = space == null ? new Space() : space;
            space.factors = factors;
            run(next, left, right, finish, space);
            free.add(space);
        };
        int items = Math.multiplyExact(rowTiles, columnTiles);
        threads.run(items, shape.operations() / ALONE, work);
    }

    private void run(IntSupplier next, Rows left, Rows right, Finish finish, Space space) {
        for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
            int row = item % rowTiles * panels * lanes; // neighbours in time share the right rows
            int column = item / rowTiles * tileColumns;
            int rows = Math.min(panels * lanes, shape.rows - row);
            int columns = Math.min(tileColumns, shape.columns - column);
            if (few) {
                dots(left, right, column, columns, space);
                finish.tile(space.sums, tileColumns, 0, shape.rows, column, columns);
            } else {
                tile(left, right, row, rows, column, columns, finish, space);
            }
        }
    }

    private void dots(Rows left, Rows right, int column, int columns, Space space) {
        Piece leftRows = space.left;
        Piece rightRows = space.right;
        leftRows.show(left, 0, shape.rows, 0, shape.depth);
        for (int j = 0; j < columns; j += Space.DOTS) {
            int count = Math.min(Space.DOTS, columns - j);
            rightRows.show(right, column + j, count, 0, shape.depth);
            for (int row = 0; row < shape.rows; row++) {
                kernels.dots(
                        leftRows.array,
                        leftRows.at + row * leftRows.stride,
                        rightRows.array,
                        rightRows.at,
                        rightRows.stride,
                        count,
                        shape.depth,
                        space.sums,
                        row * tileColumns + j);
            }
        }
    }

    private void tile(Rows left, Rows right, int row, int rows, int column, int columns, Finish finish, Space space) {
        for (ProductPanel panel : space.panels) {
            panel.clear();
        }
        for (int d = 0; d < shape.depth; d += DEPTH) {
            int depth = Math.min(DEPTH, shape.depth - d);
            load(left, row, rows, d, depth, space);
            boolean inPlace = right.floats != null && !shape.rightTurned;
            int step = inPlace ? columns : COPIED;
            for (int j = 0; j < columns; j += step) {
                multiply(right, column, j, Math.min(step, columns - j), d, depth, rows, space);
            }
        }
        for (int panel = 0; panel * lanes < rows; panel++) {
            int count = Math.min(lanes, rows - panel * lanes);
            space.panels[panel].store(space.sums, 0, tileColumns, count, columns);
            finish.tile(space.sums, tileColumns, row + panel * lanes, count, column, columns);
        }
    }

    private void load(Rows left, int row, int rows, int d, int depth, Space space) {
        Piece piece = space.left;
        for (int panel = 0; panel * lanes < rows; panel++) {
            int first = row + panel * lanes;
            int count = Math.min(lanes, rows - panel * lanes);
            if (shape.leftTurned) {
                piece.show(left, d, depth, first, count);
                space.panels[panel].loadColumns(piece.array, piece.at, piece.stride, count, depth);
            } else {
                piece.show(left, first, count, d, depth);
                space.panels[panel].load(piece.array, piece.at, piece.stride, count, depth);
            }
        }
    }

    private void multiply(Rows right, int column, int j, int columns, int d, int depth, int rows, Space space) {
        Piece piece = space.right;
        if (shape.rightTurned) {
            piece.copy(right, d, depth, column + j, columns); // far apart, its rows would push each other out of cache
            for (int i = 0; i < depth && space.factors != null; i++) {
                piece.multiply(i, space.factors[d + i]);
            }
        } else {
            piece.show(right, column + j, columns, d, depth);
        }
        for (int panel = 0; panel * lanes < rows; panel++) {
            ProductPanel of = space.panels[panel];
            if (shape.rightTurned) {
                of.multiplyColumns(piece.array, piece.at, piece.stride, depth, j, columns);
            } else {
                of.multiply(piece.array, piece.at, piece.stride, depth, j, columns);
            }
        }
    }

    /** What one thread needs; kept for the next call. */
    private final class Space {
        /** Right rows at a time for few left ones. */
        static final int DOTS = 16;

        final ProductPanel[] panels;
        final Piece left;
        final Piece right;
        final float[] sums;
        float[] factors;

        Space() {
            int depth = Math.min(DEPTH, shape.depth);
            panels = few
                    ? new ProductPanel[0]
                    : kernels.newProductPanels(ProductTiles.this.panels, lanes, depth, tileColumns);
            left = new Piece(kernels);
            right = new Piece(kernels);
            sums = new float[(few ? shape.rows : lanes) * tileColumns];
        }
    }
}
