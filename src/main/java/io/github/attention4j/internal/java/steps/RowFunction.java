package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.Arrays;
import java.util.List;

/**
 * A function of scores for many pairs at once, step by step, so that each step is a loop over neighbours. The twin of
 * {@link PairFunction} in floats. For one thread.
 */
final class RowFunction {
    private final Expression expression;
    private final List<Step> steps;
    private final CallNumbers call;
    private final AttentionSpec spec;
    private final Operands operands;

    /** Of each step its results, those of floats or those of the others. */
    private final float[][] floats;

    private final int[][] integers;
    private final int[] positions;
    private int size;
    private Sequence sequence;
    private int head;
    private int diagonal;

    RowFunction(Expression expression, AttentionSpec spec, Operands operands) {
        this.expression = expression;
        this.spec = spec;
        this.operands = operands;
        steps = expression.steps();
        call = new CallNumbers(spec, operands);
        floats = new float[steps.size()][];
        integers = new int[steps.size()][];
        positions = new int[4];
    }

    /** That of an expression, or null for none. */
    static RowFunction of(Expression expression, AttentionSpec spec, Operands operands) {
        return expression == null ? null : new RowFunction(expression, spec, operands);
    }

    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        diagonal = MaskRow.diagonal(spec, operands, sequence);
    }

    /** Which pairs: rows of {@code lanes}, of which the next row and the next lane are another query or another key. */
    record Pairs(int query, int key, int rows, int lanes, boolean areRowsQueries) {
        int count() {
            return rows * lanes;
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
        for (int i = 0; i < floats.length; i++) {
            Step step = steps.get(i);
            if (step.operation().kind() == Operation.Kind.FLOAT) {
                if (step.operation() == Operation.SCORE) {
                    System.arraycopy(scores, at, floats[i], 0, count);
                } else {
                    numbers(step, floats[i], count);
                }
            } else if (step.arguments().isEmpty()) {
                leaf(step, integers[i], pairs);
            } else {
                integers(step, integers[i], count);
            }
        }
    }

    /** The numbers of the first result. */
    float[] numbers() {
        return floats[expression.results().get(0)];
    }

    /** Of the first result 1 for true, 0 for false. */
    int[] truths() {
        return integers[expression.results().get(0)];
    }

    private void allocate(int count) {
        size = count;
        for (int i = 0; i < floats.length; i++) {
            if (steps.get(i).operation().kind() == Operation.Kind.FLOAT) {
                floats[i] = new float[count];
            } else {
                integers[i] = new int[count];
            }
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

    private int at(Step step, int i) {
        for (int dimension = 0; dimension < positions.length; dimension++) {
            positions[dimension] = integers[step.argument(dimension)][i];
        }
        return call.at(step.bits(), positions[0], positions[1], positions[2], positions[3]);
    }

    private void numbers(Step step, float[] to, int count) {
        switch (step.operation()) {
            case FLOAT_CONSTANT -> Arrays.fill(to, Float.intBitsToFloat(step.bits()));
            case NUMBER -> Arrays.fill(to, call.number(step.bits()));
            case LOAD -> {
                for (int i = 0; i < count; i++) {
                    to[i] = call.element(step.bits(), at(step, i));
                }
            }
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
            case LOAD_INT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = call.integer(step.bits(), at(step, i));
                }
            }
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
                    to[i] = is[i] != 0 ? first[i] : second[i];
                }
            }
            case LESS, EQUAL -> FloatLoops.compare(step.operation(), x(step, 0), x(step, 1), to, count);
            default -> IntLoops.compute(step.operation(), n(step, 0), n(step, 1), to, count);
        }
    }
}
