package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.DropoutFactors;
import io.github.attention4j.internal.java.steps.Score;

/**
 * From queries and keys to the gradients of their scores, a block of queries and a panel of keys at a time. For one
 * thread: {@link #start} with a batch entry, {@link #loadKeys}, {@link #show} queries, and {@link #compute} the pairs
 * with a panel's keys.
 */
final class GradientPairs {
    private final AttentionSpec spec;
    private final Operands operands;
    private final GradientSpace space;
    private final GradientTiles tiles;
    private final MicroKernels kernels;
    private final RotaryTable rotary;
    private final Score score;
    private final DropoutFactors dropout;
    private final float[] vector;
    private final float[] scaledVector;
    private Sequence sequence;
    private HeadRows head;
    private int firstKey;
    private int endKey;
    private int block;
    private int firstRow;
    private int endRow;
    private boolean isMasked;

    GradientPairs(
            AttentionSpec spec, Operands operands, MicroKernels kernels, GradientSpace space, GradientTiles tiles) {
        this.spec = spec;
        this.operands = operands;
        this.kernels = kernels;
        this.space = space;
        this.tiles = tiles;
        rotary = RotaryTable.of(spec.rotary(), operands);
        score = new Score(spec, operands, tiles.lanes(), kernels.steps());
        dropout = DropoutFactors.of(spec, operands);
        vector = spec.has(Operand.ADDITIVE_VECTOR) ? new float[spec.headDim()] : null;
        scaledVector = vector == null ? null : new float[spec.headDim()];
    }

    /** Begins with a batch entry. */
    void start(Sequence sequence) {
        this.sequence = sequence;
    }

    /** Fills the panels with the keys from {@code first} on, a tile of them or as many as there are. */
    void loadKeys(int kvHead, int first) {
        firstKey = first;
        endKey = Math.min(first + tiles.keys(), sequence.keys);
        Rows values = operands.get(Operand.VALUE);
        for (int i = 0; i < space.panels.length; i++) {
            GradientPanel panel = space.panels[i];
            panel.start();
            for (int lane = 0; lane < keys(i); lane++) {
                int j = firstKey(i) + lane;
                values.readRow(sequence.batch, kvHead, sequence.firstKey + j, space.value, 0, space.value.length);
                float[] key = readKey(kvHead, j);
                panel.load(lane, key, vector == null ? spec.scale() : 1, space.value);
                space.isUsual[i][lane] = kernels.finite(key, 0, key.length);
                if (space.isUsual[i][lane]) {
                    panel.loadRow(lane, key);
                }
            }
        }
    }

    /** A key as its scores see it; the array is used again. */
    float[] readKey(int kvHead, int j) {
        Rows keys = operands.get(Operand.KEY);
        keys.readRow(sequence.batch, kvHead, sequence.firstKey + j, space.key, 0, space.key.length);
        if (rotary != null) {
            rotary.rotate(space.key, 0, RotaryTable.ofKey(operands, sequence, j));
        }
        return space.key;
    }

    /** The first key of a panel. */
    int firstKey(int panel) {
        return firstKey + panel * tiles.lanes();
    }

    /** How many keys a panel has. */
    int keys(int panel) {
        return Math.max(0, Math.min(tiles.lanes(), endKey - firstKey(panel)));
    }

    private void startHead(int head) {
        score.start(sequence, head);
        if (dropout != null) {
            dropout.start(sequence.batch, head);
        }
        if (vector != null) {
            Rows vectors = operands.get(Operand.ADDITIVE_VECTOR);
            vectors.read(vectors.at(0, head, 0), vector, 0, vector.length);
            for (int d = 0; d < vector.length; d++) {
                scaledVector[d] = vector[d] * spec.scale();
            }
        }
    }

    /** The vector of the head that was shown last; null unless scores are additive. */
    float[] vector() {
        return vector;
    }

    /** Shows a block of a head's queries; false, and nothing done, if none of them sees any of the keys. */
    boolean show(HeadRows head, int block) {
        if (Math.max(firstKey, head.seen.begin(block)) >= Math.min(endKey, head.seen.end(block))) {
            return false;
        }
        this.head = head;
        this.block = block;
        startHead(head.head);
        int first = block * tiles.rows();
        int rows = head.seen.lastRow(block) - first;
        if (!score.mayKeep(head.first + first, rows, firstKey, endKey)) {
            return false;
        }
        int at = sequence.firstQuery + head.first + first;
        space.gradOuts.show(operands.get(Operand.GRAD_OUT), sequence.batch, head.head, at, rows);
        Rows query = operands.get(Operand.QUERY);
        if (rotary == null) {
            space.queries.show(query, sequence.batch, head.head, at, rows);
            return true;
        }
        space.queries.showCopy(query, sequence.batch, head.head, at, rows);
        for (int i = 0; i < rows; i++) {
            int position = RotaryTable.ofQuery(operands, sequence, head.first + first + i);
            rotary.rotate(space.queries.array, i * spec.headDim(), position);
        }
        return true;
    }

    /**
     * Computes the gradients of the scores of the shown queries, from {@link #firstRow} to {@link #endRow}, and a
     * panel's keys; false, and nothing done, if there is no pair to look at.
     */
    boolean compute(int number) {
        int from = firstKey(number);
        int to = from + keys(number);
        MaskRows seen = head.seen;
        boolean isWhole = seen.allSee(block, from, to);
        firstRow = isWhole ? block * tiles.rows() : seen.firstThatSees(block, from, to);
        endRow = seen.lastRow(block);
        if (from >= to || firstRow == endRow) {
            return false;
        }
        endRow = isWhole ? endRow : seen.endOfThoseThatSee(block, from, to);
        if (!score.mayKeep(head.first + firstRow, endRow - firstRow, from, to)) {
            return false;
        }
        isMasked = !isWhole || score.mayHide() || vector != null && to - from < tiles.lanes();
        GradientPanel panel = space.panels[number];
        int rows = endRow - firstRow;
        TileRows queries = space.queries;
        if (vector == null) {
            panel.scores(queries.array, at(queries, firstRow), queries.stride, rows);
        } else {
            panel.additiveScores(scaledVector, queries.array, at(queries, firstRow), queries.stride, rows);
        }
        if (!score.isPlain()) {
            score.ofRows(panel, tiles.lanes(), head.first + firstRow, rows, from, to - from);
        }
        if (!isWhole) {
            seen.hide(firstRow, endRow, panel, from, to);
        }
        if (vector != null && to - from < tiles.lanes()) {
            hideRest(panel, rows, to - from);
        }
        panel.gradWeights(space.gradOuts.array, at(space.gradOuts, firstRow), space.gradOuts.stride, rows);
        if (dropout == null) {
            panel.gradScores(head.lse, head.delta, firstRow, rows, isMasked);
        } else {
            float[] factors = space.factors();
            dropout.read(factors, tiles.lanes(), 1, head.first + firstRow, rows, from, to - from);
            panel.dropGrads(factors, rows);
            panel.gradScores(head.lse, head.delta, firstRow, rows, isMasked);
            panel.dropWeights(factors, rows);
        }
        return true;
    }

    /** Lanes without a key, which must not be summed up with others. */
    private void hideRest(GradientPanel panel, int rows, int keys) {
        for (int row = 0; row < rows; row++) {
            panel.hide(row, keys, tiles.lanes());
        }
    }

    /** Makes gradients of dot products, or of what stands for them, of those of scores; not yet times the scale. */
    void gradDots(int panel) {
        space.panels[panel].gradDots(endRow - firstRow, isMasked);
    }

    /** The first query of the pairs that were computed. */
    int firstRow() {
        return firstRow;
    }

    /** The query after the last of the pairs that were computed. */
    int endRow() {
        return endRow;
    }

    /** A query's number in its block. */
    int inBlock(int row) {
        return row - block * tiles.rows();
    }

    /** Where a query of the block lies. */
    int at(TileRows rows, int row) {
        return rows.at + inBlock(row) * rows.stride;
    }

    /** What the pairs that were computed say about ALiBi's slope. */
    double gradSlope(int panel) {
        double sum = 0;
        for (int row = firstRow; row < endRow; row++) {
            space.panels[panel].gradScores(row - firstRow, space.scores);
            for (int lane = 0; lane < keys(panel); lane++) {
                sum += space.scores[lane] * score.distance(head.first + row, firstKey(panel) + lane);
            }
        }
        return sum;
    }

    /** Adds what the pairs that were computed say about a tensor of the user's score function. */
    void addReads(int panel, int tensor, double[] sums) {
        for (int row = firstRow; row < endRow; row++) {
            space.panels[panel].gradScores(row - firstRow, space.scores);
            score.addReads(tensor, sums, space.scores, row - firstRow, tiles.lanes(), keys(panel));
        }
    }

    /**
     * Whether the shown rows may be multiplied with what every key has of them. If not, 0 times what a row holds might
     * reach a key that its query does not see.
     */
    boolean mayMultiply(TileRows rows) {
        return !isMasked || rows.finite();
    }
}
