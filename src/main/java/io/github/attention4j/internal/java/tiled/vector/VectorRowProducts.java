package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.RowProducts;

/**
 * {@link RowProducts} on vectors. As many rows as fill half a vector lie along its lanes and need no sum across lanes;
 * those that are left over, or are all there are, have their elements along the lanes.
 */
final class VectorRowProducts extends RowProducts {
    private static final int KEYS = RowDots.FOUR;

    private final int depth;
    private final int rows;

    /** Rows that lie along lanes. */
    private final int along;

    /** Of each panel of rows along lanes, [column][lane]. */
    private final float[][] panels;

    private final float[] panelScores;
    private final float[] partial = new float[KEYS * KEYS * VECTOR];
    private float[][] queries;

    VectorRowProducts(MicroKernels kernels, int rows, int depth, int tile) {
        super(kernels);
        this.rows = rows;
        this.depth = depth;
        int left = rows % LANES;
        along = left < VECTOR / 2 ? rows - left : rows;
        panels = new float[(along + LANES - 1) / LANES][];
        for (int i = 0; i < panels.length; i++) {
            panels[i] = new float[depth * width(i)];
        }
        panelScores = new float[panels.length == 0 ? 0 : tile * LANES];
    }

    private int width(int panel) {
        return along - panel * LANES > VECTOR ? LANES : VECTOR;
    }

    @Override
    public void load(float[][] queries) {
        this.queries = queries;
        for (int row = 0; row < along; row++) {
            float[] panel = panels[row / LANES];
            int width = width(row / LANES);
            for (int d = 0; d < depth; d++) {
                panel[d * width + row % LANES] = queries[row][d];
            }
        }
    }

    @Override
    public void score(float[] key, int at, int stride, int keys, float[][] scores) {
        for (int i = 0; i < panels.length; i++) {
            if (width(i) == LANES) {
                ScoreTile.multiplyAll(key, at, stride, keys, panels[i], depth, panelScores);
            } else {
                HalfScoreTile.multiplyAll(key, at, stride, keys, panels[i], depth, panelScores);
            }
            turn(i, keys, scores);
        }
        int row = along;
        if (VECTOR >= ScoreTile.WIDE) {
            for (; row + KEYS <= rows; row += KEYS) {
                scoreRows(KEYS, row, key, at, stride, keys, scores);
            }
        }
        for (; row + 2 <= rows; row += 2) {
            scoreRows(2, row, key, at, stride, keys, scores);
        }
        for (; row < rows; row++) {
            scoreRows(1, row, key, at, stride, keys, scores);
        }
    }

    private void turn(int panel, int keys, float[][] scores) {
        int width = width(panel);
        int first = panel * LANES;
        for (int row = first; row < Math.min(along, first + width); row++) {
            float[] target = scores[row];
            for (int j = 0; j < keys; j++) {
                target[j] = panelScores[j * width + row - first];
            }
        }
    }

    private void scoreRows(int count, int row, float[] key, int at, int stride, int keys, float[][] scores) {
        int j = 0;
        for (; j + KEYS <= keys; j += KEYS) {
            int from = at + j * stride;
            if (count == KEYS) {
                float[] third = queries[row + 2];
                float[] fourth = queries[row + 3];
                RowDots.fourByFour(queries[row], queries[row + 1], third, fourth, key, from, stride, depth, partial);
            } else if (count == 2) {
                RowDots.twoByFour(queries[row], queries[row + 1], key, from, stride, depth, partial);
            } else {
                RowDots.oneByFour(queries[row], key, from, stride, depth, partial);
            }
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < KEYS; k++) {
                    int sum = (i * KEYS + k) * VECTOR;
                    float[] query = queries[row + i];
                    scores[row + i][j + k] = RowDots.sum(partial, sum, query, key, from + k * stride, depth);
                }
            }
        }
        for (; j < keys; j++) {
            for (int i = row; i < row + count; i++) {
                RowDots.one(queries[i], key, at + j * stride, stride, depth, partial);
                scores[i][j] = RowDots.sum(partial, 0, queries[i], key, at + j * stride, depth);
            }
        }
    }

    @Override
    public void accumulate(float[][] weights, float[] value, int at, int stride, int keys, float[][] outs) {
        int row = 0;
        if (VECTOR >= ScoreTile.WIDE) {
            for (; row + 4 <= rows; row += 4) {
                WideRowTile.addRows(weights, row, value, at, stride, keys, outs);
            }
        }
        accumulate(weights, value, at, stride, keys, outs, row);
    }
}
