package io.github.attention4j.internal.java.steps;

import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.StepKinds;
import io.github.attention4j.score.StepKinds.Domain;
import java.util.Arrays;

/**
 * What steps of a function are that depend on the distance of query and key alone: for a window of distances, which
 * many tiles then read as neighbours. For one thread.
 */
final class Diagonals {
    /** So many distances at once, where there are so many. */
    private static final int WINDOW = 4096;

    /** With fewer queries each distance is rarely asked for again. */
    private static final int FEW_QUERIES = 16;

    private final Expression expression;
    private final StepKinds kinds;
    private final StepValues values;
    private final float[][] floats;
    private final int[][] integers;
    private int diagonal;
    private int queries;
    private int keys;

    /**
     * The first distance of the window, and how many it has; distances are those of key less query, or the negative.
     */
    private long first;

    private int count;
    private boolean areLanesKeys;

    Diagonals(Expression expression, StepKinds kinds, StepValues values) {
        this.expression = expression;
        this.kinds = kinds;
        this.values = values;
        floats = new float[expression.steps().size()][];
        integers = new int[floats.length][];
    }

    /** Begins with a head. */
    void start(Sequence sequence, int diagonal) {
        this.diagonal = diagonal;
        queries = sequence.queries;
        keys = sequence.keys;
        count = 0;
    }

    /** Where the distances of a row begin. */
    private static long first(RowFunction.Pairs pairs, int row) {
        return pairs.areRowsQueries()
                ? (long) pairs.key() - pairs.query() - row
                : (long) pairs.query() - pairs.key() - row;
    }

    /** Makes sure that the window has the distances of some pairs. */
    void need(RowFunction.Pairs pairs) {
        long least = first(pairs, pairs.rows() - 1);
        long most = first(pairs, 0) + pairs.lanes() - 1;
        if (areLanesKeys == pairs.areRowsQueries() && first <= least && most < first + count) {
            return;
        }
        areLanesKeys = pairs.areRowsQueries();
        int wanted = Math.toIntExact(most - least + 1);
        int window = Math.max(wanted, (int) Math.min(WINDOW, queries < FEW_QUERIES ? wanted : (long) queries + keys));
        // Walks go to later keys, or past keys to later queries: to lower distances. A few tiles lie beside one
        // another.
        long from = Math.min(least, most - (window - wanted) * 3L / 4 - wanted + 1);
        long lowest = areLanesKeys ? 1L - queries : 1L - keys;
        from = Math.max(from, Math.min(least, lowest));
        compute(from, window);
    }

    private void compute(long from, int window) {
        first = from;
        count = window;
        for (int at = 0; at < window; at += StepValues.MOST) {
            int some = Math.min(StepValues.MOST, window - at);
            for (int i = 0; i < floats.length; i++) {
                if (kinds.isOn(Domain.DIAGONAL, i)) {
                    compute(i, (int) (from + at), some);
                    keep(i, at, some, window);
                }
            }
        }
    }

    /** Of pairs with one query or one key, which is 0: nothing but the distance counts. */
    private void compute(int step, int distance, int some) {
        boolean isQuery = !areLanesKeys;
        switch (expression.steps().get(step).operation()) {
            case QUERY -> fill(step, isQuery, isQuery ? distance : 0, some);
            case QUERY_POSITION -> fill(step, isQuery, isQuery ? distance + diagonal : diagonal, some);
            case KEY -> fill(step, !isQuery, isQuery ? 0 : distance, some);
            default -> values.compute(step, some);
        }
    }

    private void fill(int step, boolean isCounted, int first, int some) {
        if (isCounted) {
            values.count(step, first, some);
        } else {
            Arrays.fill(values.integers(step), 0, some, first);
        }
    }

    private void keep(int step, int at, int some, int window) {
        if (!kinds.isSpread(step)) {
            return;
        }
        if (expression.kind(step) == Operation.Kind.FLOAT) {
            if (floats[step] == null || floats[step].length < window) {
                floats[step] = new float[window];
            }
            System.arraycopy(values.floats(step), 0, floats[step], at, some);
        } else {
            if (integers[step] == null || integers[step].length < window) {
                integers[step] = new int[window];
            }
            System.arraycopy(values.integers(step), 0, integers[step], at, some);
        }
    }

    /** Writes a step's results for rows of pairs. */
    void spread(int step, RowFunction.Pairs pairs, int row, int rows, StepValues to, StepLoops loops) {
        int at = (int) (first(pairs, row) - first);
        if (to.floats(step) != null) {
            loops.copyRows(floats[step], at, -1, to.floats(step), 0, rows, pairs.lanes());
        } else {
            loops.copyRows(integers[step], at, -1, to.integers(step), 0, rows, pairs.lanes());
        }
    }
}
