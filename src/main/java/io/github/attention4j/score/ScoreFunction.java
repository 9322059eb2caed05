package io.github.attention4j.score;

/**
 * Makes another score of the score of a query and a key: of {@code softcap(scale · q·k)}, before bias and ALiBi are
 * added. It is called once, when a spec is built, with terms that stand for numbers; what depends on the state of the
 * program is read then, and never again.
 */
@FunctionalInterface
public interface ScoreFunction {
    /** The score that takes the place of {@code score}, in natural units. */
    FloatTerm score(FloatTerm score, Place place);
}
