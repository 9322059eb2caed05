package io.github.attention4j.score;

import java.util.ArrayList;
import java.util.List;

/** Derivatives of expressions by rule, from the result back to what it was made of. */
final class Derivative {
    private static final float LN_2 = 0.6931472f;

    private final List<Step> steps;
    private final Term[] terms;

    /** Whether digits count more than time: of what is summed up over many pairs, and not asked for each. */
    private final boolean isExact;

    /** Of the result by each step; null where it does not depend on it. */
    private final FloatTerm[] by;

    private Derivative(Expression expression, boolean isExact) {
        this.isExact = isExact;
        steps = expression.steps();
        terms = expression.terms();
        by = new FloatTerm[steps.size()];
        int result = expression.results().get(0);
        by[result] = FloatTerm.of(1);
        for (int i = result; i >= 0; i--) {
            if (by[i] != null) {
                goOn(steps.get(i), (FloatTerm) terms[i], by[i]);
            }
        }
    }

    static Expression byScore(Expression expression) {
        Derivative derivative = new Derivative(expression, false);
        for (int i = 0; i < derivative.by.length; i++) {
            if (derivative.steps.get(i).operation() == Operation.SCORE && derivative.by[i] != null) {
                return Expression.of(derivative.by[i]);
            }
        }
        return Expression.of(FloatTerm.of(0));
    }

    static Expression byTensor(Expression expression, int tensor) {
        Derivative derivative = new Derivative(expression, true);
        List<Term> results = new ArrayList<>();
        for (int i = 0; i < derivative.by.length; i++) {
            Step step = derivative.steps.get(i);
            if (step.operation() == Operation.LOAD && step.bits() == tensor && derivative.by[i] != null) {
                results.addAll(derivative.terms[i].arguments());
                results.add(derivative.by[i]);
            }
        }
        return Expression.of(results.toArray(Term[]::new));
    }

    private void add(Step step, int argument, FloatTerm derivative) {
        int to = step.argument(argument);
        by[to] = by[to] == null ? derivative : by[to].plus(derivative);
    }

    private FloatTerm argument(Step step, int index) {
        return (FloatTerm) terms[step.argument(index)];
    }

    /**
     * From the derivative by a step to those by its arguments. Those that are chosen from stay free of the other's NaN.
     */
    private void goOn(Step step, FloatTerm result, FloatTerm of) {
        switch (step.operation()) {
            case ADD -> {
                add(step, 0, of);
                add(step, 1, of);
            }
            case SUBTRACT -> {
                add(step, 0, of);
                add(step, 1, of.negated());
            }
            case MULTIPLY -> {
                add(step, 0, of.times(argument(step, 1)));
                add(step, 1, of.times(argument(step, 0)));
            }
            case DIVIDE -> {
                FloatTerm share = of.dividedBy(argument(step, 1));
                add(step, 0, share);
                add(step, 1, share.times(result).negated());
            }
            case MIN ->
                share(step, argument(step, 1).lessThan(argument(step, 0)).not(), 0, of);
            case MAX ->
                share(step, argument(step, 0).lessThan(argument(step, 1)).not(), 0, of);
            case CHOOSE -> share(step, (BoolTerm) terms[step.argument(0)], 1, of);
            case ABS -> {
                FloatTerm x = argument(step, 0);
                FloatTerm other = x.lessThan(0).choose(of.negated(), FloatTerm.of(0));
                add(step, 0, x.moreThan(0).choose(of, other));
            }
            case EXP -> add(step, 0, of.times(result));
            case EXP2 -> add(step, 0, of.times(result).times(LN_2));
            case LOG -> add(step, 0, of.dividedBy(argument(step, 0)));
            case TANH -> add(step, 0, of.times(slopeOfTanh(argument(step, 0), result)));
            case SIGMOID -> add(step, 0, of.times(result).times(restOfSigmoid(argument(step, 0), result)));
            case SQRT -> add(step, 0, of.dividedBy(result.times(2)));
            case SIN -> add(step, 0, of.times(argument(step, 0).cos()));
            case COS -> add(step, 0, of.times(argument(step, 0).sin()).negated());
            default -> {} // a leaf, or 0
        }
    }

    /** 1 − tanh², or a product that keeps its digits where tanh is near 1. */
    private FloatTerm slopeOfTanh(FloatTerm x, FloatTerm tanh) {
        FloatTerm twice = x.plus(x);
        return isExact
                ? twice.sigmoid().times(twice.negated().sigmoid()).times(4)
                : FloatTerm.of(1).minus(tanh.times(tanh));
    }

    /** 1 − sigmoid, likewise. */
    private FloatTerm restOfSigmoid(FloatTerm x, FloatTerm sigmoid) {
        return isExact ? x.negated().sigmoid() : FloatTerm.of(1).minus(sigmoid);
    }

    private void share(Step step, BoolTerm isFirst, int first, FloatTerm of) {
        add(step, first, isFirst.choose(of, FloatTerm.of(0)));
        add(step, first + 1, isFirst.choose(FloatTerm.of(0), of));
    }
}
