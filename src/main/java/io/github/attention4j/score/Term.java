package io.github.attention4j.score;

import java.util.List;
import java.util.Objects;

/**
 * Stands for a number or a truth value of each pair of a query and a key. Terms are made of one another by their
 * methods, and never change; {@link Expression} compares them.
 */
public abstract sealed class Term permits FloatTerm, IntTerm, BoolTerm {
    private final Operation operation;
    private final List<Term> arguments;
    private final int bits;

    Term(Operation operation, int bits, Term... arguments) {
        this.operation = operation;
        this.bits = bits;
        for (Term argument : arguments) {
            Objects.requireNonNull(argument, "term");
        }
        this.arguments = List.of(arguments);
    }

    Operation operation() {
        return operation;
    }

    List<Term> arguments() {
        return arguments;
    }

    int bits() {
        return bits;
    }

    /** The steps that compute it. */
    @Override
    public String toString() {
        return Expression.of(this).toString();
    }
}
