package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.Arrays;
import java.util.List;

/**
 * A function of scores for many pairs at once, step by step, so that each step is a loop over neighbours. What is the
 * same for all pairs of a head is computed once, and what is the same along a diagonal once for each. The twin of
 * {@link PairFunction} in floats. For one thread.
 */
final class RowFunction {
    private final Expression expression;
    private final List<Step> steps;
    private final StepKinds kinds;
    private final CallNumbers call;
    private final AttentionSpec spec;
    private final Operands operands;

    /** Of each step its results, those of floats or those of the others, for pairs and for diagonals. */
    private final Results ofPairs;

    private final Results ofDiagonals;

    /** Of the two those that steps are computed on. */
    private float[][] floats;

    private int[][] integers;
    private final int[][] indices;
    private int[] places;
    private int size;
    private boolean hasUniform;
    private Sequence sequence;
    private int head;
    private int diagonal;

    RowFunction(Expression expression, AttentionSpec spec, Operands operands) {
        this.expression = expression;
        this.spec = spec;
        this.operands = operands;
        steps = expression.steps();
        kinds = new StepKinds(expression);
        call = new CallNumbers(spec, operands);
        ofPairs = new Results(new float[steps.size()][], new int[steps.size()][]);
        ofDiagonals = new Results(new float[steps.size()][], new int[steps.size()][]);
        indices = new int[CallTensor.RANK][];
    }

    /** That of an expression, or null for none. */
    static RowFunction of(Expression expression, AttentionSpec spec, Operands operands) {
        return expression == null ? null : new RowFunction(expression, spec, operands);
    }

    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        diagonal = MaskRow.diagonal(spec, operands, sequence);
        hasUniform = false;
    }

    private record Results(float[][] floats, int[][] integers) {}

    /** Which pairs: rows of {@code lanes}, of which the next row and the next lane are another query or another key. */
    record Pairs(int query, int key, int rows, int lanes, boolean areRowsQueries) {
        int count() {
            return rows * lanes;
        }

        /** A pair of each diagonal, in one row: the first query, and keys that follow one another. */
        Pairs diagonals() {
            int before = areRowsQueries ? rows - 1 : lanes - 1;
            return new Pairs(query, key - before, 1, rows + lanes - 1, true);
        }

        /** The diagonal of the first pair of a row; those of the next are the next ones, or those before. */
        int firstDiagonal(int row) {
            return areRowsQueries ? rows - 1 - row : lanes - 1 + row;
        }
    }

    /**
     * Computes all results for some pairs.
     *
     * @param scores from {@code at} on; null for a function that asks for none
     */
    void compute(float[] scores, int at, Pairs pairs) {
        int count = pairs.count();
        if (size < count) {
            allocate(count);
        }
        use(ofPairs);
        for (int i = 0; i < floats.length && !hasUniform; i++) {
            if (kinds.isUniform(i)) {
                compute(i, null, 0, pairs, size);
            }
        }
        hasUniform = true;
        if (kinds.hasDiagonals()) {
            use(ofDiagonals);
            Pairs diagonals = pairs.diagonals();
            for (int i = 0; i < floats.length; i++) {
                if (kinds.isOnDiagonals(i)) {
                    compute(i, null, 0, diagonals, diagonals.count());
                }
            }
            use(ofPairs);
        }
        for (int i = 0; i < floats.length; i++) {
            if (kinds.isSpread(i)) {
                spread(i, pairs);
            } else if (kinds.isOnPairs(i)) {
                compute(i, scores, at, pairs, count);
            }
        }
    }

    private void use(Results results) {
        floats = results.floats;
        integers = results.integers;
    }

    private void compute(int number, float[] scores, int at, Pairs pairs, int count) {
        Step step = steps.get(number);
        if (step.operation() == Operation.SCORE) {
            System.arraycopy(scores, at, floats[number], 0, count);
        } else if (step.operation().kind() == Operation.Kind.FLOAT) {
            numbers(step, floats[number], count);
        } else if (step.arguments().isEmpty()) {
            leaf(step, integers[number], pairs);
        } else {
            integers(step, integers[number], count);
        }
    }

    /** From diagonals to pairs. */
    private void spread(int step, Pairs pairs) {
        boolean isFloat = steps.get(step).operation().kind() == Operation.Kind.FLOAT;
        for (int row = 0; row < pairs.rows; row++) {
            int to = row * pairs.lanes;
            int first = pairs.firstDiagonal(row);
            int by = pairs.areRowsQueries ? 1 : -1;
            if (isFloat) {
                spread(ofDiagonals.floats[step], first, by, floats[step], to, pairs.lanes);
            } else {
                spread(ofDiagonals.integers[step], first, by, integers[step], to, pairs.lanes);
            }
        }
    }

    private static void spread(float[] from, int first, int by, float[] to, int at, int count) {
        for (int lane = 0; lane < count; lane++) {
            to[at + lane] = from[first + by * lane];
        }
    }

    private static void spread(int[] from, int first, int by, int[] to, int at, int count) {
        for (int lane = 0; lane < count; lane++) {
            to[at + lane] = from[first + by * lane];
        }
    }

    /** The numbers of the first result. */
    float[] numbers() {
        return ofPairs.floats[expression.results().get(0)];
    }

    /** Of the first result 1 for true, 0 for false. */
    int[] truths() {
        return ofPairs.integers[expression.results().get(0)];
    }

    private void allocate(int count) {
        size = count;
        places = new int[count];
        hasUniform = false;
        for (int i = 0; i < steps.size(); i++) {
            boolean isFloat = steps.get(i).operation().kind() == Operation.Kind.FLOAT;
            float[] x = isFloat ? new float[count] : null;
            int[] n = isFloat ? null : new int[count];
            ofPairs.floats[i] = x;
            ofPairs.integers[i] = n;
            boolean isApart = kinds.isOnDiagonals(i);
            ofDiagonals.floats[i] = isApart && isFloat ? new float[count] : x;
            ofDiagonals.integers[i] = isApart && !isFloat ? new int[count] : n;
        }
    }

    private void leaf(Step step, int[] to, Pairs pairs) {
        switch (step.operation()) {
            case BATCH -> Arrays.fill(to, sequence.batch);
            case HEAD -> Arrays.fill(to, head);
            case KV_HEAD -> Arrays.fill(to, head / spec.groupSize());
            case QUERY -> count(to, pairs, pairs.query, pairs.areRowsQueries);
            case QUERY_POSITION -> count(to, pairs, pairs.query + diagonal, pairs.areRowsQueries);
            case KEY -> count(to, pairs, pairs.key, !pairs.areRowsQueries);
            case QUERY_LENGTH -> Arrays.fill(to, sequence.queries);
            case KEY_LENGTH -> Arrays.fill(to, sequence.keys);
            default -> Arrays.fill(to, step.bits());
        }
    }

    private static void count(int[] to, Pairs pairs, int first, boolean isOfRows) {
        for (int row = 0; row < pairs.rows; row++) {
            for (int lane = 0; lane < pairs.lanes; lane++) {
                to[row * pairs.lanes + lane] = first + (isOfRows ? row : lane);
            }
        }
    }

    private float[] x(Step step, int argument) {
        return argument < step.arguments().size() ? floats[step.argument(argument)] : null;
    }

    private int[] n(Step step, int argument) {
        return argument < step.arguments().size() ? integers[step.argument(argument)] : null;
    }

    /** Where the elements are that a step reads. */
    private int[] places(Step step, int count) {
        for (int dimension = 0; dimension < indices.length; dimension++) {
            indices[dimension] = integers[step.argument(dimension)];
        }
        call.at(step.bits(), indices, places, count);
        return places;
    }

    private void numbers(Step step, float[] to, int count) {
        switch (step.operation()) {
            case FLOAT_CONSTANT -> Arrays.fill(to, Float.intBitsToFloat(step.bits()));
            case NUMBER -> Arrays.fill(to, call.number(step.bits()));
            case LOAD -> call.elements(step.bits(), places(step, count), to, count);
            case TO_FLOAT -> {
                int[] from = n(step, 0);
                for (int i = 0; i < count; i++) {
                    to[i] = from[i];
                }
            }
            case CHOOSE -> {
                int[] is = n(step, 0);
                float[] first = x(step, 1);
                float[] second = x(step, 2);
                for (int i = 0; i < count; i++) {
                    to[i] = is[i] != 0 ? first[i] : second[i];
                }
            }
            default -> FloatLoops.compute(step.operation(), x(step, 0), x(step, 1), to, count);
        }
    }

    private void integers(Step step, int[] to, int count) {
        switch (step.operation()) {
            case LOAD_INT -> call.integers(step.bits(), places(step, count), to, count);
            case TO_INT -> {
                float[] from = x(step, 0);
                for (int i = 0; i < count; i++) {
                    to[i] = (int) from[i];
                }
            }
            case INT_CHOOSE -> {
                int[] is = n(step, 0);
                int[] first = n(step, 1);
                int[] second = n(step, 2);
                for (int i = 0; i < count; i++) {
                    to[i] = second[i] ^ (first[i] ^ second[i]) & -is[i]; // of 0 and 1
                }
            }
            case LESS, EQUAL -> FloatLoops.compare(step.operation(), x(step, 0), x(step, 1), to, count);
            default -> IntLoops.compute(step.operation(), n(step, 0), n(step, 1), to, count);
        }
    }
}
