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
        score = new Score(spec, operands, TILE, space.kernels.steps());
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
        int tile = RowAttention.tile(spec);
        for (int first = begin / tile * tile; first < end; first += tile) {
            attendKeys(kvHead, Math.max(first, begin), Math.min(first + tile, end));
        }
    }

    private void start(int batch, int kvHead) {
        sequence = new Sequence(spec, operands, batch);
        firstHead = kvHead * spec.groupSize();
        rows = Math.min(spec.queryLength(), sequence.queries);
    }

    private void loadQueries() {
        for (int i = 0; i < space.panels.length; i++) {
            TileRows shown = space.shown;
            shown.showRotated(
                    query,
                    sequence.batch,
                    firstHead + i,
                    sequence.firstQuery,
                    rows,
                    rotary,
                    row -> RotaryTable.ofQuery(operands, sequence, row));
            space.panels[i].load(shown.array, shown.at, shown.stride, rows, spec.scale());
        }
        space.loaded();
    }

    /** Takes keys of a tile, some of which some query sees, through all panels. */
    private void attendKeys(int kvHead, int first, int end) {
        if (!isAnySeen(first, end)) {
            return;
        }
        show(kvHead, first, end - first);
        space.fetch();
        space.score(end - first);
        boolean isAllSeen = true;
        for (int i = 0; i < space.panels.length; i++) {
            isAllSeen &= weigh(i, first, end);
        }
        if (isAllSeen || space.values.finite()) {
            space.accumulate(end - first);
        } else {
            for (int i = 0; i < space.panels.length; i++) {
                accumulateSeen(i, first, end);
            }
        }
    }

    private boolean isAnySeen(int first, int end) {
        boolean isAny = false;
        for (int i = 0; i < space.seen.length && !isAny; i++) {
            isAny = space.seen[i].anySees(0, first, end) && isListed(firstHead + i, first, end);
        }
        return isAny;
    }

    private boolean isListed(int head, int first, int end) {
        if (!score.judges()) {
            return true;
        }
        score.start(sequence, head);
        return score.mayKeep(0, rows, first, end);
    }

    private void show(int kvHead, int first, int keys) {
        Rows key = operands.get(Operand.KEY);
        int row = sequence.firstKey + first;
        space.showValues(operands.get(Operand.VALUE), sequence.batch, kvHead, row, keys);
        if (rotary == null) {
            space.showKeys(key, sequence.batch, kvHead, row, keys);
            return;
        }
        space.keys.showRotated(
                key, sequence.batch, kvHead, row, keys, rotary, j -> RotaryTable.ofKey(operands, sequence, first + j));
    }

    /** Makes weights of a panel's products; whether its queries see all of these keys. */
    private boolean weigh(int number, int first, int end) {
        RowPanel panel = space.panels[number];
        int keys = end - first;
        if (!score.isPlain()) {
            score.start(sequence, firstHead + number);
            score.mayKeep(0, rows, first, end);
            score.ofRows(panel, TILE, 0, rows, first, keys);
        }
        boolean isAllSeen = space.seen[number].allSee(0, first, end);
        if (!isAllSeen) {
            space.seen[number].hide(0, panel, first, end);
        }
        isAllSeen &= !score.mayHide();
        panel.softmax(keys);
        if (dropout != null) {
            dropout.start(sequence.batch, firstHead + number);
            dropout.read(space.factors, TILE, 1, 0, rows, first, keys);
            panel.drop(space.factors, keys);
        }
        return isAllSeen;
    }

    /** As {@code TileWorker.accumulateSeen}: values with a NaN are added only to the queries that see them. */
    private void accumulateSeen(int number, int first, int end) {
        RowPanel panel = space.panels[number];
        TileRows values = space.values;
        panel.accumulate(values.usual(), 0, spec.valueDim(), end - first);
        score.start(sequence, firstHead + number);
        for (int j = 0; j < end - first; j++) {
            if (values.isUnusual(j)) {
                int at = values.at + j * values.stride;
                for (int row = 0; row < rows; row++) {
                    if (space.seen[number].sees(row, first + j) && score.sees(row, first + j)) {
                        panel.accumulateOne(values.array, at, j, row);
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
                space.totals.store(row, space.row, 0);
                space.halvesOfValues.join(space.row, 0, spec.valueDim());
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
