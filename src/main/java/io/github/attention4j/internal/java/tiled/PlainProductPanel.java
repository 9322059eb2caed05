package io.github.attention4j.internal.java.tiled;

import java.util.Arrays;

/** A panel in plain Java: each row of lanes is an array of its own, see {@link PlainPanel}. */
final class PlainProductPanel extends ProductPanel {
    private final PlainTile tile = new PlainTile();
    private final float[][] left;
    private final float[][] sums;
    /** The rows of {@link #sums} that a call adds to. */
    private final float[][] part;

    PlainProductPanel(int lanes, int depth, int columns) {
        left = new float[depth][lanes];
        sums = new float[columns][lanes];
        part = new float[columns][];
    }

    @Override
    public void clear() {
        for (float[] row : sums) {
            Arrays.fill(row, 0);
        }
    }

    @Override
    public void load(float[] source, int at, int stride, int rows, int depth) {
        for (int d = 0; d < depth; d++) {
            float[] lanes = left[d];
            for (int row = 0; row < rows; row++) {
                lanes[row] = source[at + row * stride + d];
            }
            Arrays.fill(lanes, rows, lanes.length, 0);
        }
    }

    @Override
    public void loadColumns(float[] source, int at, int stride, int rows, int depth) {
        for (int d = 0; d < depth; d++) {
            System.arraycopy(source, at + d * stride, left[d], 0, rows);
            Arrays.fill(left[d], rows, left[d].length, 0);
        }
    }

    @Override
    public void multiply(float[] right, int at, int stride, int depth, int column, int rows) {
        System.arraycopy(sums, column, part, 0, rows);
        tile.multiply(part, rows, left, depth, right, at, stride, 1);
    }

    @Override
    public void multiplyColumns(float[] right, int at, int stride, int depth, int column, int rows) {
        System.arraycopy(sums, column, part, 0, rows);
        tile.multiply(part, rows, left, depth, right, at, 1, stride);
    }

    @Override
    public void store(float[] target, int at, int stride, int rows, int columns) {
        for (int column = 0; column < columns; column++) {
            float[] lanes = sums[column];
            for (int row = 0; row < rows; row++) {
                target[at + row * stride + column] = lanes[row];
            }
        }
    }
}
