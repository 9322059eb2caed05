package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.RowProducts;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.util.Map;

/**
 * {@link RowProducts} on vectors. As many rows as fill half a vector lie along its lanes and need no sum across lanes;
 * those that are left over, or are all there are, have their elements along the lanes.
 */
final class VectorRowProducts extends RowProducts {
    private final Map<Codec, RowLoops> loops;
    private final int depth;

    /** Rows that lie along lanes. */
    private final int along;

    /** Of each panel of rows along lanes, [column][lane]. */
    private final float[][] panels;

    private final float[] panelScores;
    private final float[] parts = new float[RowScorer.SPACE];

    VectorRowProducts(MicroKernels kernels, Map<Codec, RowLoops> loops, int rows, int depth, int tile) {
        super(kernels, rows, tile);
        this.loops = loops;
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
    public boolean takesKeys(Codec codec) {
        return super.takesKeys(codec) || along == 0 && takesValues(codec, depth);
    }

    @Override
    public boolean takesValues(Codec codec, int columns) {
        return super.takesValues(codec, columns)
                || Elements.areRead(codec, columns)
                || codec == Codec.I4 && ByteVectors.unitOfHalves(columns) > 0;
    }

    @Override
    public void load(float[][] queries) {
        super.load(queries);
        for (int row = 0; row < along; row++) {
            float[] panel = panels[row / LANES];
            int width = width(row / LANES);
            for (int d = 0; d < depth; d++) {
                panel[d * width + row % LANES] = queries[row][d];
            }
        }
    }

    @Override
    protected void multiply(StoredRows key, int keys, float[][] scores) {
        for (int i = 0; i < panels.length; i++) {
            float[] array = (float[]) key.array;
            if (width(i) == LANES) {
                ScoreTile.multiplyAll(array, key.at, key.stride, keys, panels[i], depth, panelScores);
            } else {
                HalfScoreTile.multiplyAll(array, key.at, key.stride, keys, panels[i], depth, panelScores);
            }
            turn(i, keys, scores);
        }
        if (along < queries.length) {
            loops.get(key.codec).scorer().score(queries, along, key, keys, parts, scores);
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

    @Override
    protected void add(float[][] weights, StoredRows value, int keys, float[][] outs) {
        loops.get(value.codec).adder().add(weights, value, keys, outs);
    }
}
