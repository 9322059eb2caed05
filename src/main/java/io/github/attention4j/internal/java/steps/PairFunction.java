package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Step;
import java.util.List;

/** A function of scores for one pair of query and key in double precision: the definition. For one thread. */
public final class PairFunction {
    private final Expression expression;
    private final List<Step> steps;
    private final CallNumbers call;
    private final double[] floats;
    private final int[] integers;
    private final int groupSize;
    private Sequence sequence;
    private int head;
    private int diagonal;
    private final AttentionSpec spec;
    private final Operands operands;

    PairFunction(Expression expression, AttentionSpec spec, Operands operands) {
        this.expression = expression;
        this.spec = spec;
        this.operands = operands;
        steps = expression.steps();
        call = new CallNumbers(spec, operands);
        floats = new double[steps.size()];
        integers = new int[steps.size()];
        groupSize = spec.groupSize();
    }

    /** That of an expression, or null for none. */
    public static PairFunction of(Expression expression, AttentionSpec spec, Operands operands) {
        return expression == null ? null : new PairFunction(expression, spec, operands);
    }

    /** Begins with a head of a batch entry. */
    public void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        diagonal = MaskRow.diagonal(spec, operands, sequence);
    }

    /** Computes all results for a pair. */
    public void compute(double score, int query, int key) {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            switch (step.operation().kind()) {
                case FLOAT -> floats[i] = number(step, score);
                case INT -> integers[i] = integer(step, query, key);
                case BOOL -> integers[i] = is(step) ? 1 : 0;
            }
        }
    }

    /** A result that is a number. */
    public double number(int result) {
        return floats[expression.results().get(result)];
    }

    /** A result that is an integer, or 1 for true. */
    public int integer(int result) {
        return integers[expression.results().get(result)];
    }

    private double x(Step step, int argument) {
        return floats[step.argument(argument)];
    }

    private int n(Step step, int argument) {
        return integers[step.argument(argument)];
    }

    private int at(Step step) {
        return call.at(step.bits(), n(step, 0), n(step, 1), n(step, 2), n(step, 3));
    }

    private double number(Step step, double score) {
        return switch (step.operation()) {
            case SCORE -> score;
            case FLOAT_CONSTANT -> Float.intBitsToFloat(step.bits());
            case NUMBER -> call.number(step.bits());
            case LOAD -> call.element(step.bits(), at(step));
            case ADD -> x(step, 0) + x(step, 1);
            case SUBTRACT -> x(step, 0) - x(step, 1);
            case MULTIPLY -> x(step, 0) * x(step, 1);
            case DIVIDE -> x(step, 0) / x(step, 1);
            case MIN -> Math.min(x(step, 0), x(step, 1));
            case MAX -> Math.max(x(step, 0), x(step, 1));
            case ABS -> Math.abs(x(step, 0));
            case FLOOR -> Math.floor(x(step, 0));
            case EXP -> Math.exp(x(step, 0));
            case EXP2 -> Math.pow(2, x(step, 0));
            case LOG -> Math.log(x(step, 0));
            case TANH -> Math.tanh(x(step, 0));
            case SIGMOID -> 1 / (1 + Math.exp(-x(step, 0)));
            case SQRT -> Math.sqrt(x(step, 0));
            case SIN -> Math.sin(x(step, 0));
            case COS -> Math.cos(x(step, 0));
            case TO_FLOAT -> n(step, 0);
            case CHOOSE -> n(step, 0) != 0 ? x(step, 1) : x(step, 2);
            default -> throw unknown(step);
        };
    }

    private int integer(Step step, int query, int key) {
        return switch (step.operation()) {
            case BATCH -> sequence.batch;
            case HEAD -> head;
            case KV_HEAD -> head / groupSize;
            case QUERY -> query;
            case KEY -> key;
            case QUERY_POSITION -> query + diagonal;
            case QUERY_LENGTH -> sequence.queries;
            case KEY_LENGTH -> sequence.keys;
            case INT_CONSTANT -> step.bits();
            case LOAD_INT -> call.integer(step.bits(), at(step));
            case TO_INT -> (int) x(step, 0);
            case INT_CHOOSE -> n(step, 0) != 0 ? n(step, 1) : n(step, 2);
            case INT_ADD -> n(step, 0) + n(step, 1);
            case INT_SUBTRACT -> n(step, 0) - n(step, 1);
            case INT_MULTIPLY -> n(step, 0) * n(step, 1);
            case INT_DIVIDE -> divide(n(step, 0), n(step, 1));
            case INT_MODULO -> modulo(n(step, 0), n(step, 1));
            case INT_MIN -> Math.min(n(step, 0), n(step, 1));
            case INT_MAX -> Math.max(n(step, 0), n(step, 1));
            case INT_AND -> n(step, 0) & n(step, 1);
            case INT_OR -> n(step, 0) | n(step, 1);
            case INT_XOR -> n(step, 0) ^ n(step, 1);
            case SHIFT_LEFT -> n(step, 0) << n(step, 1);
            case SHIFT_RIGHT -> n(step, 0) >> n(step, 1);
            default -> throw unknown(step);
        };
    }

    static int divide(int number, int by) {
        return by == 0 ? 0 : Math.floorDiv(number, by);
    }

    static int modulo(int number, int by) {
        return by == 0 ? 0 : Math.floorMod(number, by);
    }

    private boolean is(Step step) {
        return switch (step.operation()) {
            case BOOL_CONSTANT -> step.bits() != 0;
            case LESS -> x(step, 0) < x(step, 1);
            case EQUAL -> x(step, 0) == x(step, 1);
            case INT_LESS -> n(step, 0) < n(step, 1);
            case INT_EQUAL -> n(step, 0) == n(step, 1);
            case AND -> n(step, 0) != 0 && n(step, 1) != 0;
            case OR -> n(step, 0) != 0 || n(step, 1) != 0;
            case NOT -> n(step, 0) == 0;
            default -> throw unknown(step);
        };
    }

    private static IllegalStateException unknown(Step step) {
        return new IllegalStateException("no such step here: " + step);
    }
}
