package io.github.attention4j.score;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a function left of its terms: steps, each of which computes its result from those of earlier ones. Equal
 * expressions have equal steps, and share a plan and a program.
 */
public final class Expression {
    /** So that a program that somebody's loop wrote does not keep a compiler busy for minutes. */
    private static final int MOST_STEPS = 1000;

    private final List<Step> steps;
    private final List<Integer> results;
    private final int hash;

    private Expression(List<Step> steps, List<Integer> results) {
        this.steps = List.copyOf(steps);
        this.results = List.copyOf(results);
        hash = 31 * this.steps.hashCode() + this.results.hashCode();
    }

    /** The expression of terms; what is alike is computed once. */
    static Expression of(Term... terms) {
        Writer writer = new Writer();
        List<Integer> results = new ArrayList<>();
        for (Term term : terms) {
            results.add(writer.write(term));
        }
        return new Expression(writer.steps, results);
    }

    /**
     * Calls a function, once.
     *
     * @throws IllegalArgumentException if its expression is too long
     */
    public static Expression of(ScoreFunction function) {
        Objects.requireNonNull(function, "function");
        FloatTerm score = new FloatTerm(Operation.SCORE, 0);
        return of(Objects.requireNonNull(function.score(score, new Place()), "score"));
    }

    /**
     * Calls a function, once.
     *
     * @throws IllegalArgumentException if its expression is too long
     */
    public static Expression of(KeepFunction function) {
        Objects.requireNonNull(function, "function");
        return of(Objects.requireNonNull(function.keeps(new Place()), "keeps"));
    }

    /** The steps, in order. */
    public List<Step> steps() {
        return steps;
    }

    /** A term for each step. */
    Term[] terms() {
        return terms(-1);
    }

    /** This function of what a step gives, which is to be the score. */
    Expression withScoreFor(int step) {
        return of(terms(step)[results.get(0)]);
    }

    private Term[] terms(int score) {
        Term[] terms = new Term[steps.size()];
        for (int i = 0; i < terms.length; i++) {
            Step step = i == score ? new Step(Operation.SCORE, List.of(), 0) : steps.get(i);
            Term[] arguments =
                    step.arguments().stream().map(argument -> terms[argument]).toArray(Term[]::new);
            terms[i] = switch (step.operation().kind()) {
                case FLOAT -> new FloatTerm(step.operation(), step.bits(), arguments);
                case INT -> new IntTerm(step.operation(), step.bits(), arguments);
                case BOOL -> new BoolTerm(step.operation(), step.bits(), arguments);
            };
        }
        return terms;
    }

    /** The steps whose results are those of the expression; one, but for {@link #derivatives}. */
    public List<Integer> results() {
        return results;
    }

    /** The kind of a step's result. */
    public Operation.Kind kind(int step) {
        return steps.get(step).operation().kind();
    }

    /** Whether it asks for a tensor of the call. */
    public boolean reads(int tensor) {
        for (Step step : steps) {
            boolean loads = step.operation() == Operation.LOAD || step.operation() == Operation.LOAD_INT;
            if (loads && step.bits() == tensor) {
                return true;
            }
        }
        return false;
    }

    /** Whether it has such a step. */
    public boolean has(Operation operation) {
        return steps.stream().anyMatch(step -> step.operation() == operation);
    }

    /** How many numbers of the call it needs. */
    public int numbers() {
        int numbers = 0;
        for (Step step : steps) {
            numbers = step.operation() == Operation.NUMBER ? Math.max(numbers, step.bits() + 1) : numbers;
        }
        return numbers;
    }

    /**
     * The function of places in a larger call, of which this call is a part, as an expression in the part: numbers of
     * the call say where the part begins.
     *
     * @param numbers the index of the first of {@link PlaceOfPart#COUNT} numbers, in the order of {@link PlaceOfPart}
     */
    public Expression ofPart(int numbers) {
        List<Step> moved = new ArrayList<>();
        int[] places = PlaceOfPart.move(steps, numbers, moved);
        return new Expression(
                moved, results.stream().map(result -> places[result]).toList());
    }

    /** The derivative of the result by the score, by rule; floor, conversions and comparisons have 0. */
    public Expression derivative() {
        return Derivative.byScore(this);
    }

    /**
     * Derivatives of the result by the elements that it reads of a tensor of the call: for each of its reads four
     * results, which are the indices, and a fifth, which is the derivative by that element.
     */
    public Expression derivatives(int tensor) {
        return Derivative.byTensor(this, tensor);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Expression that
                        && hash == that.hash
                        && steps.equals(that.steps)
                        && results.equals(that.results);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The steps, as {@code t0 = score; t1 = number 0; t2 = multiply t0 t1}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            text.append(i == 0 ? "t" : "; t").append(i).append(" = ").append(steps.get(i));
        }
        return text.toString();
    }

    /** From terms to steps. */
    private static final class Writer {
        private final List<Step> steps = new ArrayList<>();
        private final Map<Step, Integer> numbers = new HashMap<>();
        private final Map<Term, Integer> known = new IdentityHashMap<>();

        int write(Term term) {
            Integer before = known.get(term);
            if (before != null) {
                return before;
            }
            List<Integer> arguments = new ArrayList<>();
            for (Term argument : term.arguments()) {
                arguments.add(write(argument));
            }
            Step step = new Step(term.operation(), arguments, term.bits());
            Integer number = numbers.get(step);
            if (number == null) {
                number = steps.size();
                if (number == MOST_STEPS) {
                    throw new IllegalArgumentException("a function may have at most " + MOST_STEPS
                            + " steps, but has more; give what it computes as a tensor of the call");
                }
                steps.add(step);
                numbers.put(step, number);
            }
            known.put(term, number);
            return number;
        }
    }
}
