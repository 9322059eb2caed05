package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.MaskRow;

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
            begins[row] = visible.begin(head, firstRow + row);
            ends[row] = visible.end(head, firstRow + row);
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
        for (int row = panel * lanes; row < lastRow(panel); row++) {
            if (Math.max(from, begins[row]) < Math.min(to, ends[row])) {
                return true;
            }
        }
        return false;
    }

    /** Whether a query, counted in the work item, sees a key. */
    boolean sees(int row, int key) {
        return begins[row] <= key && key < ends[row];
    }

    /** Hides from each of a panel's queries what it does not see of a tile of these keys. */
    void hide(int panel, Panel scores, int from, int to) {
        for (int row = panel * lanes; row < lastRow(panel); row++) {
            int begin = Math.max(from, Math.min(to, begins[row]));
            int end = Math.max(begin, Math.min(to, ends[row]));
            scores.hide(row % lanes, 0, begin - from);
            scores.hide(row % lanes, end - from, to - from);
        }
    }

    /** The row after a panel's last; lanes without a query hold nothing that anybody looks at. */
    int lastRow(int panel) {
        return Math.min(rows, (panel + 1) * lanes);
    }
}
