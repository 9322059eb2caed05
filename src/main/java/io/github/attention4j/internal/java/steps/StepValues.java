package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import io.github.attention4j.score.StepKinds;
import java.util.Arrays;
import java.util.List;

/**
 * Results of the steps of a function for at most {@link #MOST} neighbours: pairs, or what some of its steps depend on
 * alone. For one thread.
 */
final class StepValues {
    /** As many as the first-level cache holds of a few steps. */
    static final int MOST = 1024;

    private final List<Step> steps;
    private final StepLoops loops;
    private final CallNumbers call;
    private final AttentionSpec spec;
    private final float[][] floats;

    /** Where each array of floats begins; 0 unless the loops take parts. */
    private final int[] starts;

    private final int[][] integers;

    /** Of a step that is the same for all pairs, 1 divided by it; null where that loses bits. */
    private final float[][] inverses;

    private final int[][] indices = new int[CallTensor.RANK][];
    private final int[] places = new int[MOST];

    /** @param uniform those of steps that are the same for all pairs; null for these themselves */
    StepValues(
            Expression expression,
            StepKinds kinds,
            StepKinds.Domain domain,
            StepValues uniform,
            AttentionSpec spec,
            Operands operands,
            StepLoops loops) {
        this.spec = spec;
        this.loops = loops;
        steps = expression.steps();
        call = uniform == null ? new CallNumbers(spec, operands) : uniform.call;
        int count = steps.size();
        floats = new float[count][];
        starts = new int[count];
        integers = new int[count][];
        inverses = uniform == null ? new float[count][] : uniform.inverses;
        for (int i = 0; i < count; i++) {
            boolean isOf = domain == null ? kinds.isUniform(i) : kinds.isOn(domain, i);
            isOf |= domain == StepKinds.Domain.PAIR && kinds.isSpread(i);
            if (uniform != null && kinds.isUniform(i)) {
                floats[i] = uniform.floats[i];
                integers[i] = uniform.integers[i];
            } else if (isOf) {
                boolean isFloat = expression.kind(i) == Operation.Kind.FLOAT;
                floats[i] = isFloat ? new float[MOST] : null;
                integers[i] = isFloat ? null : new int[MOST];
            }
        }
    }

    float[] floats(int step) {
        return floats[step];
    }

    int[] integers(int step) {
        return integers[step];
    }

    /** Lets a step's floats be those of an array from {@code start} on. */
    void place(int step, float[] array, int start) {
        floats[step] = array;
        starts[step] = start;
    }

    /** Where a step's floats begin. */
    int start(int step) {
        return starts[step];
    }

    /** Of a step that depends on nothing of a pair. */
    void computeUniform(int number, Sequence sequence, int head) {
        Step step = steps.get(number);
        int[] to = integers[number];
        switch (step.operation()) {
            case BATCH -> Arrays.fill(to, sequence.batch);
            case HEAD -> Arrays.fill(to, head);
            case KV_HEAD -> Arrays.fill(to, head / spec.groupSize());
            case QUERY_LENGTH -> Arrays.fill(to, sequence.queries);
            case KEY_LENGTH -> Arrays.fill(to, sequence.keys);
            case INT_CONSTANT, BOOL_CONSTANT -> Arrays.fill(to, step.bits());
            default -> compute(number, MOST);
        }
        if (floats[number] != null) {
            float inverse = 1 / floats[number][0];
            boolean isNormal = Math.abs(inverse) >= Float.MIN_NORMAL && Math.abs(floats[number][0]) >= Float.MIN_NORMAL;
            boolean isTaken = isNormal && !Float.isInfinite(inverse) && StepKinds.isSmooth(steps);
            inverses[number] = isTaken ? new float[MOST] : null;
            if (inverses[number] != null) {
                Arrays.fill(inverses[number], inverse);
            }
        }
    }

    /** Neighbouring numbers. */
    void count(int step, int first, int count) {
        int[] to = integers[step];
        for (int i = 0; i < count; i++) {
            to[i] = first + i;
        }
    }

    /** Computes a step that has arguments, or is a number of the call, from these. */
    void compute(int number, int count) {
        Step step = steps.get(number);
        if (step.operation().kind() == Operation.Kind.FLOAT) {
            number(step, number, count);
        } else {
            integer(step, integers[number], count);
        }
    }

    private int at(Step step, int argument) {
        return argument < step.arguments().size() ? starts[step.argument(argument)] : 0;
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

    private void number(Step step, int number, int count) {
        float[] to = floats[number];
        int start = starts[number];
        switch (step.operation()) {
            case FLOAT_CONSTANT -> Arrays.fill(to, Float.intBitsToFloat(step.bits()));
            case NUMBER -> Arrays.fill(to, call.number(step.bits()));
            case LOAD -> call.elements(step.bits(), places(step, count), to, start, count);
            case TO_FLOAT -> loops.toFloats(n(step, 0), to, start, count);
            case CHOOSE -> loops.choose(n(step, 0), x(step, 1), at(step, 1), x(step, 2), at(step, 2), to, start, count);
            case DIVIDE -> divide(step, to, start, count);
            default ->
                loops.compute(step.operation(), x(step, 0), at(step, 0), x(step, 1), at(step, 1), to, start, count);
        }
    }

    /** By what is the same for all pairs, a multiplication, where a rounding more does not matter. */
    private void divide(Step step, float[] to, int start, int count) {
        float[] inverse = inverses[step.argument(1)];
        Operation operation = inverse == null ? Operation.DIVIDE : Operation.MULTIPLY;
        float[] other = inverse == null ? x(step, 1) : inverse;
        loops.compute(operation, x(step, 0), at(step, 0), other, inverse == null ? at(step, 1) : 0, to, start, count);
    }

    private void integer(Step step, int[] to, int count) {
        switch (step.operation()) {
            case LOAD_INT -> call.integers(step.bits(), places(step, count), to, count);
            case TO_INT -> {
                float[] from = x(step, 0);
                int start = at(step, 0);
                for (int i = 0; i < count; i++) {
                    to[i] = (int) from[start + i];
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
            case LESS, EQUAL ->
                loops.compare(step.operation(), x(step, 0), at(step, 0), x(step, 1), at(step, 1), to, count);
            default -> IntLoops.compute(step.operation(), n(step, 0), n(step, 1), to, count);
        }
    }
}
