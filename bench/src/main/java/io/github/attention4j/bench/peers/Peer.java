package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Gradients;
import io.github.attention4j.bench.run.Pass;

/** A library that computes attention, loaded into the process that asks. */
public interface Peer extends AutoCloseable {
    /** The version of what runs, for people. */
    String version();

    /**
     * Puts query, key and value where the library wants them, so that running the contender computes and nothing else.
     *
     * @return whose {@link Contender#family} says which operations are called, and what is done to inputs beforehand
     * @throws NotOfferedException if the library does not offer this kind of attention
     */
    Contender prepare(Case problem);

    /**
     * Likewise for gradients of query, key and value; its answer is what {@link Gradients} says.
     *
     * @param problem {@link Case#withGradOut}
     * @param pass whether the forward call is run, too
     * @throws NotOfferedException if the library does not offer this kind of attention, or no gradients
     */
    default Contender prepareGradients(Case problem, Pass pass) {
        throw new NotOfferedException("it computes no gradients");
    }

    /** Whether the first run takes the memory of the output; if not, preparing did. */
    boolean takesOutput();

    @Override
    default void close() {}

    /**
     * Whether the mask is causal.
     *
     * @throws NotOfferedException if the library's causal mask would stand elsewhere than the engine's, for want of as
     *     many queries as keys
     */
    static boolean causal(AttentionSpec spec) {
        boolean causal = Case.isCausal(spec);
        if (causal && spec.queryLength() != spec.keyLength()) {
            throw new NotOfferedException("its causal mask starts at the first key, not at the last: the same only for "
                    + "as many queries as keys, not for " + spec.queryLength() + " and " + spec.keyLength());
        }
        return causal;
    }

    /** {@code ", keys and values expanded"} where query heads share them. */
    static String expanded(AttentionSpec spec) {
        return spec.groupSize() == 1 ? "" : ", keys and values expanded to " + spec.heads() + " heads";
    }
}
