package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import java.util.Arrays;

/**
 * The gradient of a bias, which is that of the scores, summed over all that the bias holds for. In a pass of its own:
 * each work item owns a tile of the bias and makes all pairs that it was added to again, so that nobody else adds to it
 * and no memory is needed but the tile. For one thread.
 */
final class GradientBias {
    private final AttentionSpec spec;
    private final Operands operands;
    private final GradientTiles tiles;
    private final GradientSpace space;
    private final GradientPairs pairs;
    private final GradientRows rows;
    private final Rows target;
    private final TensorSpec shape;

    /** [row][column] of the tile. */
    private final double[][] sums;

    GradientBias(AttentionSpec spec, Operands operands, GradientTiles tiles, GradientSpace space, GradientPairs pairs) {
        this.spec = spec;
        this.operands = operands;
        this.tiles = tiles;
        this.space = space;
        this.pairs = pairs;
        target = operands.get(Operand.GRAD_BIAS);
        shape = spec.operand(Operand.GRAD_BIAS);
        sums = new double[Math.min(tiles.rows(), shape.rows())][Math.min(tiles.keys(), shape.columns())];
        rows = new GradientRows(spec, sums[0].length);
    }

    /** How many tiles a bias has. */
    static int items(AttentionSpec spec, GradientTiles tiles) {
        TensorSpec shape = spec.operand(Operand.GRAD_BIAS);
        long heads = (long) shape.batch() * shape.heads();
        return Math.toIntExact(heads * rowTiles(shape, tiles) * columnTiles(shape, tiles));
    }

    private static int rowTiles(TensorSpec shape, GradientTiles tiles) {
        return (shape.rows() + tiles.rows() - 1) / tiles.rows();
    }

    private static int columnTiles(TensorSpec shape, GradientTiles tiles) {
        return (shape.columns() + tiles.keys() - 1) / tiles.keys();
    }

    /** Computes a tile. */
    void compute(int item) {
        int columnTiles = columnTiles(shape, tiles);
        int rowTiles = rowTiles(shape, tiles);
        int column = item % columnTiles * tiles.keys();
        int row = item / columnTiles % rowTiles * tiles.rows();
        int head = item / columnTiles / rowTiles % shape.heads();
        int batch = item / columnTiles / rowTiles / shape.heads();
        for (double[] sum : sums) {
            Arrays.fill(sum, 0);
        }
        for (int entry = batch; entry < spec.batch(); entry += shape.batch()) {
            Sequence sequence = new Sequence(spec, operands, entry);
            pairs.start(sequence);
            for (int of = head; of < spec.heads(); of += shape.heads()) {
                addHead(sequence, of, row, column);
            }
        }
        int columns = Math.min(sums[0].length, shape.columns() - column);
        for (int r = 0; r < Math.min(sums.length, shape.rows() - row); r++) {
            rows.write(target, target.at(batch, head, row + r) + column, sums[r], columns);
        }
    }

    /** Adds the pairs of a head: those of the tile, or of all queries or keys where the bias has one row or column. */
    private void addHead(Sequence sequence, int head, int firstRow, int firstColumn) {
        int queries = shape.rows() == 1 ? sequence.queries : Math.min(tiles.rows(), sequence.queries - firstRow);
        int endKey = shape.columns() == 1 ? sequence.keys : Math.min(firstColumn + tiles.keys(), sequence.keys);
        if (queries <= 0 || endKey <= firstColumn) {
            return;
        }
        HeadRows queriesOfHead = new HeadRows(spec, operands, sequence, head, firstRow, queries, tiles.rows());
        for (int key = firstColumn; key < endKey; key += tiles.keys()) {
            pairs.loadKeys(head / spec.groupSize(), key);
            for (int block = 0; block < tiles.blocks(queries); block++) {
                boolean isSeen = pairs.show(queriesOfHead, block);
                for (int panel = 0; panel < space.panels.length && isSeen; panel++) {
                    if (pairs.compute(panel)) {
                        addPairs(panel);
                    }
                }
            }
        }
    }

    private void addPairs(int number) {
        for (int row = pairs.firstRow(); row < pairs.endRow(); row++) {
            space.panels[number].gradScores(row - pairs.firstRow(), space.scores);
            double[] sum = sums[shape.rows() == 1 ? 0 : row];
            for (int lane = 0; lane < pairs.keys(number); lane++) {
                sum[shape.columns() == 1 ? 0 : number * tiles.lanes() + lane] += space.scores[lane];
            }
        }
    }
}
