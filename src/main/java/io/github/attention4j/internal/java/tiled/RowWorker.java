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

/**
 * One thread's part of one call of {@link RowAttention}: computes shares, each the queries of all heads that read a
 * key/value head, and some of its keys. The number of a panel is that of a head among those.
 */
final class RowWorker {
    private static final int TILE = RowAttention.TILE;

    private final AttentionSpec spec;
    private final Operands operands;
    private final RowSpace space;
    private final Rows query;
    private final RotaryTable rotary;
    private final Score score;

    /** Null without dropout. */
    private final DropoutFactors dropout;

    private Sequence sequence;
    private int firstHead;
    private int rows;

    RowWorker(AttentionSpec spec, Operands operands, RowSpace space) {
        this.spec = spec;
        this.operands = operands;
        this.space = space;
        query = operands.get(Operand.QUERY);
        rotary = RotaryTable.of(spec.rotary(), operands);
        score = new Score(spec, operands, TILE);
        dropout = DropoutFactors.of(spec, operands);
    }

    /** What they know about the last share. */
    RowPanel[] panels() {
        return space.panels;
    }

    /** Takes a share of the keys through the panels. Tiles are counted from key 0, whatever is seen of them. */
    void attend(int batch, int kvHead, int share) {
        start(batch, kvHead);
        int begin = Integer.MAX_VALUE;
        int end = 0;
        Rows sinks = operands.get(Operand.SINK);
        for (int i = 0; i < space.panels.length; i++) {
            boolean hasSink = share == 0 && sinks != null;
            space.panels[i].start(hasSink ? sinks.number(0, firstHead + i, 0) : Float.NEGATIVE_INFINITY);
            space.seen[i].start(new MaskRow(spec, operands, sequence), firstHead + i, 0, rows);
            begin = Math.min(begin, space.seen[i].begin());
            end = Math.max(end, space.seen[i].end());
        }
        begin = Math.max(begin, share * RowAttention.SHARE);
        end = (int) Math.min(end, (share + 1L) * RowAttention.SHARE);
        if (begin < end) {
            loadQueries();
        }
        for (int first = begin / TILE * TILE; first < end; first += TILE) {
            attendKeys(kvHead, Math.max(first, begin), Math.min(first + TILE, end));
        }
    }

    private void start(int batch, int kvHead) {
        sequence = new Sequence(spec, operands, batch);
        firstHead = kvHead * spec.groupSize();
        rows = Math.min(spec.queryLength(), sequence.queries);
    }

    private void loadQueries() {
        for (int i = 0; i < space.panels.length; i++) {
            for (int row = 0; row < rows; row++) {
                int at = query.at(sequence.batch, firstHead + i, sequence.firstQuery + row);
                query.read(at, space.row, 0, spec.headDim());
                if (rotary != null) {
                    rotary.rotate(space.row, 0, RotaryTable.ofQuery(operands, sequence, row));
                }
                space.panels[i].load(row, space.row, spec.scale());
            }
        }
    }

    /** Takes the keys of a tile through the panels that see any of them. */
    private void attendKeys(int kvHead, int first, int end) {
        boolean shown = false;
        for (int i = 0; i < space.panels.length; i++) {
            MaskRows seen = space.seen[i];
            int from = Math.max(first, seen.begin(0));
            int to = Math.min(end, seen.end(0));
            boolean whole = seen.allSee(0, from, to);
            if (from < to && (whole || seen.anySees(0, from, to))) {
                if (!shown) {
                    show(kvHead, first, end - first);
                    shown = true;
                }
                attendPanel(i, first, from, to, whole);
            }
        }
    }

    private void show(int kvHead, int first, int keys) {
        Rows key = operands.get(Operand.KEY);
        int row = sequence.firstKey + first;
        space.values.show(operands.get(Operand.VALUE), sequence.batch, kvHead, row, keys);
        if (rotary == null) {
            space.keys.show(key, sequence.batch, kvHead, row, keys);
            return;
        }
        space.keys.showCopy(key, sequence.batch, kvHead, row, keys);
        for (int j = 0; j < keys; j++) {
            rotary.rotate(space.keys.array, j * spec.headDim(), RotaryTable.ofKey(operands, sequence, first + j));
        }
    }

    /** Takes the keys {@code from} to {@code to - 1} of what is shown from {@code first} on through one panel. */
    private void attendPanel(int number, int first, int from, int to, boolean whole) {
        RowPanel panel = space.panels[number];
        int keys = to - from;
        panel.scores(space.keys.array, space.keys.at + (from - first) * space.keys.stride, space.keys.stride, keys);
        if (!score.isPlain()) {
            score.start(sequence, firstHead + number);
            score.ofRows(panel, TILE, 0, rows, from, keys);
        }
        if (!whole) {
            space.seen[number].hide(0, panel, from, to);
        }
        panel.softmax(keys);
        if (dropout != null) {
            dropout.start(sequence.batch, firstHead + number);
            dropout.read(space.factors, TILE, 1, 0, rows, from, keys);
            panel.drop(space.factors, keys);
        }
        TileRows values = space.values;
        if (whole && !score.mayHide() || values.finite()) {
            panel.accumulate(values.array, values.at + (from - first) * values.stride, values.stride, keys);
        } else {
            accumulateSeen(number, first, from, to);
        }
    }

    /** As {@code TileWorker.accumulateSeen}: values with a NaN are added only to the queries that see them. */
    private void accumulateSeen(int number, int first, int from, int to) {
        RowPanel panel = space.panels[number];
        TileRows values = space.values;
        panel.accumulate(values.usual(), (from - first) * spec.valueDim(), spec.valueDim(), to - from);
        for (int j = from; j < to; j++) {
            if (values.isUnusual(j - first)) {
                int at = values.at + (j - first) * values.stride;
                for (int row = 0; row < rows; row++) {
                    if (space.seen[number].sees(row, j) && score.sees(row, j)) {
                        panel.accumulateOne(values.array, at, j - from, row);
                    }
                }
            }
        }
    }

    /**
     * Joins the shares of a key/value head's keys and writes its rows.
     *
     * @param head counted over the whole batch
     * @param found what is known about them; null if there is one, of which the panels know
     */
    void join(int head, Shares found) {
        start(head / spec.kvHeads(), head % spec.kvHeads());
        Rows out = operands.get(Operand.OUT);
        Rows lse = operands.get(Operand.LSE);
        for (int i = 0; i < space.panels.length; i++) {
            space.totals.clear();
            if (found == null) {
                space.totals.take(space.panels[i]);
            } else {
                found.addTo(space.totals, head, i);
            }
            for (int row = 0; row < rows; row++) {
                space.totals.store(row, space.row);
                out.write(
                        out.at(sequence.batch, firstHead + i, sequence.firstQuery + row),
                        space.row,
                        0,
                        spec.valueDim());
                space.lse[row] = space.totals.lse(row);
            }
            if (lse != null && rows > 0) {
                lse.writeColumn(sequence.batch, firstHead + i, sequence.firstQuery, space.lse, rows);
            }
        }
    }
}
