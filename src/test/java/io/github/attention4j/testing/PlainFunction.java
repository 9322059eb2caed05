package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Step;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;

/**
 * A score or keep function, a pair after the other, from the last step back to what it needs. Written from the
 * documentation and apart from the library.
 */
final class PlainFunction {
    private static final double STEP = 0x1p-20;

    private final AttentionSpec spec;
    private final AttentionArrays inputs;
    private final Expression expression;
    private final boolean single;

    private PlainFunction(AttentionSpec spec, AttentionArrays inputs, Expression expression, boolean single) {
        this.spec = spec;
        this.inputs = inputs;
        this.expression = expression;
        this.single = single;
    }

    /** Null if there is no expression. */
    static PlainFunction of(AttentionSpec spec, AttentionArrays inputs, Expression expression, boolean single) {
        return expression == null ? null : new PlainFunction(spec, inputs, expression, single);
    }

    boolean keeps(Entry entry, int head, int i, int j) {
        return new Pair(entry, head, i, j, 0).result() != 0;
    }

    double score(Entry entry, int head, int i, int j, double score) {
        return new Pair(entry, head, i, j, score).result();
    }

    /** The derivative by the score, as a difference. */
    double slope(Entry entry, int head, int i, int j, double score) {
        double step = STEP * Math.max(1, Math.abs(score));
        PlainFunction exact = new PlainFunction(spec, inputs, expression, false);
        double above = exact.score(entry, head, i, j, score + step);
        return (above - exact.score(entry, head, i, j, score - step)) / (2 * step);
    }

    /** Adds what each element of a tensor is worth to the score, as differences, times {@code factor}. */
    void addSlopes(
            Operand tensor,
            Entry entry,
            int head,
            int i,
            int j,
            double score,
            double factor,
            DoubleUnaryOperator as,
            double[] sums) {
        PlainFunction exact = new PlainFunction(spec, inputs, expression, false);
        Pair plain = exact.new Pair(entry, head, i, j, score);
        plain.result();
        for (int at : plain.read.getOrDefault(tensor, Set.of())) {
            double above = exact.new Pair(entry, head, i, j, score)
                    .changed(tensor, at, STEP)
                    .result();
            double below = exact.new Pair(entry, head, i, j, score)
                    .changed(tensor, at, -STEP)
                    .result();
            sums[at] = as.applyAsDouble(sums[at] + as.applyAsDouble((above - below) / (2 * STEP) * factor));
        }
    }

    private final class Pair {
        /** Which elements were read. */
        private final Map<Operand, Set<Integer>> read = new EnumMap<>(Operand.class);

        private Operand changed;
        private int changedAt;
        private double change;

        Pair changed(Operand tensor, int at, double by) {
            changed = tensor;
            changedAt = at;
            change = by;
            return this;
        }

        private final Entry entry;
        private final int head;
        private final int i;
        private final int j;
        private final double score;
        private final Map<Integer, Double> known = new HashMap<>();

        Pair(Entry entry, int head, int i, int j, double score) {
            this.entry = entry;
            this.head = head;
            this.i = i;
            this.j = j;
            this.score = score;
        }

        double result() {
            return value(expression.results().get(0));
        }

        private double value(int step) {
            Double before = known.get(step);
            if (before != null) {
                return before;
            }
            Step of = expression.steps().get(step);
            double value = compute(of);
            double rounded =
                    switch (of.operation().kind()) {
                        case FLOAT -> single ? (float) value : value;
                        case INT -> (int) (long) value;
                        case BOOL -> value;
                    };
            known.put(step, rounded);
            return rounded;
        }

        private double arg(Step step, int argument) {
            return value(step.argument(argument));
        }

        private long whole(Step step, int argument) {
            return (long) arg(step, argument);
        }

        private double element(Step step) {
            Operand operand = Operand.valueOf("SCORE_TENSOR_" + step.bits());
            Elements elements = Elements.of(spec, inputs, operand);
            int batch = inRange(whole(step, 0), elements.tensor().batch());
            int inHead = inRange(whole(step, 1), elements.tensor().heads());
            int row = inRange(whole(step, 2), elements.tensor().rows());
            int column = inRange(whole(step, 3), elements.tensor().columns());
            int at = elements.at(batch, inHead, row, column);
            read.computeIfAbsent(operand, key -> new TreeSet<>()).add(at);
            double by = operand == changed && at == changedAt ? change : 0;
            return by
                    + switch (elements.tensor().dtype()) {
                        case I32 -> ((int[]) elements.array())[at];
                        case U8 -> ((byte[]) elements.array())[at] == 0 ? 0 : 1;
                        default -> elements.getAt(at);
                    };
        }

        private double compute(Step step) {
            return switch (step.operation()) {
                case SCORE -> score;
                case BATCH -> entry.batch();
                case HEAD -> head;
                case KV_HEAD -> head / spec.groupSize();
                case QUERY -> i;
                case KEY -> j;
                case QUERY_POSITION -> i + entry.diagonal();
                case QUERY_LENGTH -> entry.queries();
                case KEY_LENGTH -> entry.keys();
                case FLOAT_CONSTANT -> Float.intBitsToFloat(step.bits());
                case INT_CONSTANT, BOOL_CONSTANT -> step.bits();
                case NUMBER -> ((float[]) inputs.get(Operand.SCORE_NUMBERS))[step.bits()];
                case LOAD -> element(step);
                case LOAD_INT -> (int) element(step);
                case ADD, INT_ADD -> arg(step, 0) + arg(step, 1);
                case SUBTRACT, INT_SUBTRACT -> arg(step, 0) - arg(step, 1);
                case MULTIPLY -> arg(step, 0) * arg(step, 1);
                case INT_MULTIPLY -> (int) (whole(step, 0) * whole(step, 1));
                case DIVIDE -> arg(step, 0) / arg(step, 1);
                case INT_DIVIDE -> arg(step, 1) == 0 ? 0 : Math.floor(arg(step, 0) / arg(step, 1));
                case INT_MODULO ->
                    arg(step, 1) == 0
                            ? 0
                            : whole(step, 0) - whole(step, 1) * (long) Math.floor(arg(step, 0) / arg(step, 1));
                case MIN, INT_MIN -> Math.min(arg(step, 0), arg(step, 1));
                case MAX, INT_MAX -> Math.max(arg(step, 0), arg(step, 1));
                case ABS -> Math.abs(arg(step, 0));
                case FLOOR -> Math.floor(arg(step, 0));
                case EXP -> Math.exp(arg(step, 0));
                case EXP2 -> Math.pow(2, arg(step, 0));
                case LOG -> Math.log(arg(step, 0));
                case TANH -> Math.tanh(arg(step, 0));
                case SIGMOID -> 1 / (1 + Math.exp(-arg(step, 0)));
                case SQRT -> Math.sqrt(arg(step, 0));
                case SIN -> Math.sin(arg(step, 0));
                case COS -> Math.cos(arg(step, 0));
                case TO_FLOAT -> arg(step, 0);
                case TO_INT -> (int) arg(step, 0);
                case CHOOSE, INT_CHOOSE -> arg(step, 0) != 0 ? arg(step, 1) : arg(step, 2);
                case INT_AND, AND -> whole(step, 0) & whole(step, 1);
                case INT_OR, OR -> whole(step, 0) | whole(step, 1);
                case INT_XOR -> whole(step, 0) ^ whole(step, 1);
                case SHIFT_LEFT -> (int) whole(step, 0) << whole(step, 1);
                case SHIFT_RIGHT -> (int) whole(step, 0) >> whole(step, 1);
                case LESS, INT_LESS -> arg(step, 0) < arg(step, 1) ? 1 : 0;
                case EQUAL, INT_EQUAL -> arg(step, 0) == arg(step, 1) ? 1 : 0;
                case NOT -> arg(step, 0) == 0 ? 1 : 0;
            };
        }
    }

    private static int inRange(long index, int size) {
        return (int) Math.max(0, Math.min(size - 1, index));
    }
}
