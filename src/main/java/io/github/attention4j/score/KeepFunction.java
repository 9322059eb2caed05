package io.github.attention4j.score;

/**
 * Says whether a query may see a key; it joins the masks of a spec, all of which must let a key be seen. Called once,
 * as a {@link ScoreFunction} is.
 */
@FunctionalInterface
public interface KeepFunction {
    /** True where the query sees the key; a key that it does not see may hold anything. */
    BoolTerm keeps(Place place);
}
