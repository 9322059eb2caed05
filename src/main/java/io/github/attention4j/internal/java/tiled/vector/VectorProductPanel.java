package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.tiled.ProductPanel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** A panel of two vectors of rows, multiplied by the tiles of attention's two products. */
final class VectorProductPanel extends ProductPanel {
    /** Right rows whose products are summed apart, so that they are added while they are near. */
    private static final int BLOCK = 16;

    private final float[] left;
    private final float[] sums;
    private final Transpose transpose = new Transpose();
    private final float[] part = new float[BLOCK * LANES];

    VectorProductPanel(int depth, int columns) {
        left = new float[depth * LANES];
        sums = new float[columns * LANES];
    }

    @Override
    public void clear() {
        Arrays.fill(sums, 0);
    }

    @Override
    public void load(float[] source, int at, int stride, int rows, int depth) {
        if (rows < LANES) {
            Arrays.fill(left, 0, depth * LANES, 0);
        }
        transpose.turn(source, at, stride, rows, depth, left, 0, LANES);
    }

    @Override
    public void loadColumns(float[] source, int at, int stride, int rows, int depth) {
        for (int d = 0; d < depth; d++) {
            System.arraycopy(source, at + d * stride, left, d * LANES, rows);
            Arrays.fill(left, d * LANES + rows, (d + 1) * LANES, 0);
        }
    }

    @Override
    public void multiply(float[] right, int at, int stride, int depth, int column, int rows) {
        for (int row = 0; row < rows; row += BLOCK) {
            int count = Math.min(BLOCK, rows - row);
            ScoreTile.multiplyAll(right, at + row * stride, stride, count, left, depth, part);
            add(part, count, sums, (column + row) * LANES);
        }
    }

    private static void add(float[] part, int rows, float[] sums, int to) {
        for (int i = 0; i < rows * LANES; i += VECTOR) {
            FloatVector.fromArray(SPECIES, sums, to + i)
                    .add(FloatVector.fromArray(SPECIES, part, i))
                    .intoArray(sums, to + i);
        }
    }

    @Override
    public void multiplyColumns(float[] right, int at, int stride, int depth, int column, int rows) {
        for (int row = 0; row < rows; row += BLOCK) {
            int count = Math.min(BLOCK, rows - row);
            Arrays.fill(part, 0, count * LANES, 0);
            ValueTile.multiplyAll(right, at + row, stride, left, depth, part, count);
            add(part, count, sums, (column + row) * LANES);
        }
    }

    @Override
    public void store(float[] target, int at, int stride, int rows, int columns) {
        transpose.turn(sums, 0, LANES, columns, rows, target, at, stride);
    }
}
