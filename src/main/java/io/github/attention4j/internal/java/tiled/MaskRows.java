package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.MaskRow;
import io.github.attention4j.internal.java.steps.Scores;
import java.util.function.IntPredicate;

/**
 * Which keys the queries of a work item see by position, panel by panel: what is skipped, what is masked and what needs
 * no look.
 */
final class MaskRows {
    private final int lanes;
    private final int[] begins;
    private final int[] ends;
    private final int[] panelBegin;
    private final int[] panelEnd;
    private final int[] wholeBegin;
    private final int[] wholeEnd;
    private int rows;
    private int begin;
    private int end;

    MaskRows(int tileQ, int lanes) {
        this.lanes = lanes;
        begins = new int[tileQ];
        ends = new int[tileQ];
        int panels = tileQ / lanes;
        panelBegin = new int[panels];
        panelEnd = new int[panels];
        wholeBegin = new int[panels];
        wholeEnd = new int[panels];
    }

    /** Begins with the queries {@code firstRow} to {@code firstRow + rows - 1} of a head. */
    void start(MaskRow visible, int head, int firstRow, int rows) {
        start(visible, head, firstRow, rows, row -> false);
    }

    /** Likewise; some of the queries, counted in the work item, see nothing at all. */
    void start(MaskRow visible, int head, int firstRow, int rows, IntPredicate isBlind) {
        this.rows = rows;
        begin = Integer.MAX_VALUE;
        end = 0;
        for (int row = 0; row < rows; row++) {
            int panel = row / lanes;
            if (row % lanes == 0) {
                panelBegin[panel] = Integer.MAX_VALUE;
                panelEnd[panel] = 0;
                wholeBegin[panel] = 0;
                wholeEnd[panel] = Integer.MAX_VALUE;
            }
            boolean seesNothing = isBlind.test(row);
            begins[row] = seesNothing ? 0 : visible.begin(head, firstRow + row);
            ends[row] = seesNothing ? 0 : visible.end(head, firstRow + row);
            if (begins[row] < ends[row]) {
                panelBegin[panel] = Math.min(panelBegin[panel], begins[row]);
                panelEnd[panel] = Math.max(panelEnd[panel], ends[row]);
                begin = Math.min(begin, begins[row]);
                end = Math.max(end, ends[row]);
            }
            wholeBegin[panel] = Math.max(wholeBegin[panel], begins[row]);
            wholeEnd[panel] = Math.min(wholeEnd[panel], ends[row]);
        }
    }

    /** The first key that any query sees. */
    int begin() {
        return begin;
    }

    /** The key after the last that any query sees; not more than the begin if none sees any. */
    int end() {
        return end;
    }

    /** The first key that a panel's queries see. */
    int begin(int panel) {
        return panelBegin[panel];
    }

    /** The key after the last that a panel's queries see. */
    int end(int panel) {
        return panelEnd[panel];
    }

    /** Whether all of a panel's queries see all of these keys. */
    boolean allSee(int panel, int from, int to) {
        return wholeBegin[panel] <= from && to <= wholeEnd[panel];
    }

    /** Whether any of a panel's queries sees any of these keys. */
    boolean anySees(int panel, int from, int to) {
        return firstThatSees(panel, from, to) < lastRow(panel);
    }

    /** The first of a panel's queries that sees any of these keys; {@link #lastRow} if there is none. */
    int firstThatSees(int panel, int from, int to) {
        int row = panel * lanes;
        while (row < lastRow(panel) && !seesAny(row, from, to)) {
            row++;
        }
        return row;
    }

    /** The query after the last of a panel's that sees any of these keys, of which at least one does. */
    int endOfThoseThatSee(int panel, int from, int to) {
        int row = lastRow(panel);
        while (!seesAny(row - 1, from, to)) {
            row--;
        }
        return row;
    }

    private boolean seesAny(int row, int from, int to) {
        return Math.max(from, begins[row]) < Math.min(to, ends[row]);
    }

    /** Whether a query, counted in the work item, sees a key. */
    boolean sees(int row, int key) {
        return begins[row] <= key && key < ends[row];
    }

    /** Hides from each of a panel's queries what it does not see of a tile of these keys. */
    void hide(int panel, Scores scores, int from, int to) {
        hide(panel * lanes, lastRow(panel), scores, from, to);
    }

    /** Likewise from the queries {@code firstRow} to {@code endRow - 1}, the first of which is the tile's first. */
    void hide(int firstRow, int endRow, Scores scores, int from, int to) {
        for (int row = firstRow; row < endRow; row++) {
            int begin = Math.max(from, Math.min(to, begins[row]));
            int end = Math.max(begin, Math.min(to, ends[row]));
            scores.hide(row - firstRow, 0, begin - from);
            scores.hide(row - firstRow, end - from, to - from);
        }
    }

    /** The row after a panel's last; lanes without a query hold nothing that anybody looks at. */
    int lastRow(int panel) {
        return Math.min(rows, (panel + 1) * lanes);
    }
}
