package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.DropoutFactors;
import io.github.attention4j.internal.java.steps.MaskRow;
import io.github.attention4j.internal.java.steps.Score;

/** One thread's part of one call of {@link TiledAttention}: computes work items, each a tile of queries of one head. */
final class TileWorker {
    /** Keys at the ends of a tile that a function hides are left out in such steps. */
    private static final int STEP = 32;

    private final AttentionSpec spec;
    private final Operands operands;
    private final TileSpace space;
    private final MaskRows seen;
    private final int lanes;
    private final int tileQ;
    private final int tileKv;
    private final Rows query;
    private final Rows key;
    private final Rows value;
    private final Rows sinks;
    private final RotaryTable rotary;
    private final Score score;

    /** Null without dropout. */
    private final DropoutFactors dropout;

    /** Times the scale; null unless scores are additive. */
    private final float[] vector;

    private Sequence sequence;

    TileWorker(AttentionSpec spec, Operands operands, TileSpace space, int lanes, int tileQ, int tileKv) {
        this.spec = spec;
        this.operands = operands;
        this.space = space;
        this.lanes = lanes;
        this.tileQ = tileQ;
        this.tileKv = tileKv;
        seen = space.seen;
        query = operands.get(Operand.QUERY);
        key = operands.get(Operand.KEY);
        value = operands.get(Operand.VALUE);
        sinks = operands.get(Operand.SINK);
        rotary = RotaryTable.of(spec.rotary(), operands);
        score = new Score(spec, operands, tileKv, space.steps);
        dropout = DropoutFactors.of(spec, operands);
        vector = spec.has(Operand.ADDITIVE_VECTOR) ? new float[spec.headDim()] : null;
    }

    /** Computes the queries from {@code firstRow} on, a tile of them or as many as there are. */
    void attend(int batch, int head, int firstRow) {
        sequence = new Sequence(spec, operands, batch);
        int rows = Math.min(tileQ, sequence.queries - firstRow);
        if (rows <= 0) {
            return;
        }
        loadQueries(head, firstRow, rows);
        seen.start(new MaskRow(spec, operands, sequence), head, firstRow, rows);
        score.start(sequence, head);
        if (dropout != null) {
            dropout.start(batch, head);
        }
        if (vector != null) {
            readVector(head);
        }
        int end = seen.end();
        boolean isLong = false;
        int summed = 0;
        for (int first = next(firstRow, rows, seen.begin());
                first < end;
                first = next(firstRow, rows, first + tileKv)) {
            if (summed >= Totals.KEYS) {
                if (!isLong) {
                    space.clearTotals();
                }
                isLong = true;
                takeTotals(rows);
                summed = 0;
            }
            summed += tileKv;
            attendKeys(head / spec.groupSize(), firstRow, rows, first, Math.min(tileKv, end - first));
        }
        if (isLong) {
            takeTotals(rows);
        }
        storeOutputs(head, firstRow, rows, isLong);
    }

    /** Where the next tile begins, from this key on: where a function may keep any. */
    private int next(int firstRow, int rows, int first) {
        return score.firstKept(firstRow, rows, first, seen.end(), STEP);
    }

    private void readVector(int head) {
        Rows vectors = operands.get(Operand.ADDITIVE_VECTOR);
        vectors.read(vectors.at(0, head, 0), vector, 0, vector.length);
        for (int d = 0; d < vector.length; d++) {
            vector[d] *= spec.scale();
        }
    }

    private void takeTotals(int rows) {
        for (int panel = 0; panel * lanes < rows; panel++) {
            space.totals(panel).take(space.panels[panel]);
        }
    }

    private void loadQueries(int head, int firstRow, int rows) {
        float sink = sinks == null ? Float.NEGATIVE_INFINITY : sinks.number(0, head, 0);
        int from = sequence.firstQuery + firstRow;
        TileRows queries = space.queries;
        queries.showRotated(
                query,
                sequence.batch,
                head,
                from,
                rows,
                rotary,
                row -> RotaryTable.ofQuery(operands, sequence, firstRow + row));
        for (int row = 0; row < rows; row += lanes) {
            Panel panel = space.panels[row / lanes];
            panel.start(sink);
            panel.load(
                    queries.array,
                    queries.at + row * queries.stride,
                    queries.stride,
                    Math.min(lanes, rows - row),
                    vector == null ? spec.scale() : 1);
        }
    }

    /** Takes one tile of keys through the panels that see any of it. */
    private void attendKeys(int kvHead, int firstRow, int rows, int first, int keys) {
        boolean shown = false;
        for (int panel = 0; panel * lanes < rows; panel++) {
            int from = Math.max(first, seen.begin(panel));
            int to = Math.min(first + keys, seen.end(panel));
            boolean whole = seen.allSee(panel, from, to);
            int row = panel * lanes;
            if (from < to
                    && (whole || seen.anySees(panel, from, to))
                    && score.mayKeep(firstRow + row, seen.lastRow(panel) - row, from, to)) {
                if (!shown) {
                    show(kvHead, first, keys);
                    shown = true;
                }
                attendPanel(panel, firstRow, first, from, to, whole);
            }
        }
    }

    private void show(int kvHead, int first, int keys) {
        int row = sequence.firstKey + first;
        space.values.show(value, sequence.batch, kvHead, row, keys);
        space.keys.showRotated(
                key, sequence.batch, kvHead, row, keys, rotary, j -> RotaryTable.ofKey(operands, sequence, first + j));
        space.fetch();
    }

    /** Takes the keys {@code from} to {@code to - 1} of the tile that is shown through one panel. */
    private void attendPanel(int number, int firstRow, int first, int begin, int end, boolean whole) {
        Panel panel = space.panels[number];
        int row = number * lanes;
        int rows = seen.lastRow(number) - row;
        int from = begin;
        int to = end;
        if (score.isUndecided()) {
            from = score.beginKept(firstRow + row, rows, begin, end, STEP);
            to = score.endKept(firstRow + row, rows, from, end, STEP);
            if (from == to || !score.mayKeep(firstRow + row, rows, from, to)) { // what is left may be kept whole
                return;
            }
        }
        int keys = to - from;
        if (score.hidesTile(lanes, firstRow + row, rows, from, keys, STEP)) {
            return;
        }
        TileRows tile = space.keys;
        int at = tile.at + (from - first) * tile.stride;
        if (vector == null) {
            panel.scores(tile.array, at, tile.stride, keys);
        } else {
            panel.additiveScores(vector, tile.array, at, tile.stride, keys);
        }
        if (!score.isPlain()) {
            score.ofTile(panel, lanes, firstRow + row, rows, from, keys);
        }
        if (!whole) {
            seen.hide(number, panel, from, to);
        }
        panel.softmax(keys);
        if (dropout != null) {
            dropout.read(space.factors(), 1, lanes, firstRow + row, rows, from, keys);
            panel.drop(space.factors(), keys);
        }
        TileRows values = space.values;
        if (whole && !score.mayHide() || values.finite()) {
            panel.accumulate(values.array, values.at + (from - first) * values.stride, values.stride, keys);
        } else {
            accumulateSeen(number, firstRow, first, from, to);
        }
    }

    /**
     * A masked NaN would come through its weight of 0: values that hold one are added only to the queries that see
     * them.
     */
    private void accumulateSeen(int number, int firstRow, int first, int from, int to) {
        Panel panel = space.panels[number];
        TileRows values = space.values;
        panel.accumulate(values.usual(), (from - first) * spec.valueDim(), spec.valueDim(), to - from);
        for (int j = from; j < to; j++) {
            if (values.isUnusual(j - first)) {
                int at = values.at + (j - first) * values.stride;
                for (int row = number * lanes; row < seen.lastRow(number); row++) {
                    if (seen.sees(row, j) && score.sees(firstRow + row, j)) {
                        panel.accumulateOne(values.array, at, j - from, row % lanes);
                    }
                }
            }
        }
    }

    private void storeOutputs(int head, int firstRow, int rows, boolean fromTotals) {
        Rows out = operands.get(Operand.OUT);
        int to = sequence.firstQuery + firstRow;
        for (int row = 0; row < rows; row += lanes) {
            int count = Math.min(lanes, rows - row);
            int at = out.at(sequence.batch, head, to + row);
            if (out.floats != null) {
                store(row / lanes, count, fromTotals, out.floats, at, out.rowStride);
                continue;
            }
            float[] outputs = space.outputs();
            store(row / lanes, count, fromTotals, outputs, 0, spec.valueDim());
            for (int i = 0; i < count; i++) {
                out.write(at + i * out.rowStride, outputs, i * spec.valueDim(), spec.valueDim());
            }
        }
        Rows lse = operands.get(Operand.LSE);
        if (lse != null) {
            for (int row = 0; row < rows; row++) {
                space.lse[row] = fromTotals
                        ? space.totals(row / lanes).lse(row % lanes)
                        : space.panels[row / lanes].lse(row % lanes);
            }
            lse.writeColumn(sequence.batch, head, to, space.lse, rows);
        }
    }

    private void store(int panel, int count, boolean fromTotals, float[] target, int at, int stride) {
        if (!fromTotals) {
            space.panels[panel].store(target, at, stride, count);
            return;
        }
        for (int lane = 0; lane < count; lane++) {
            space.totals(panel).store(lane, target, at + lane * stride);
        }
    }
}
