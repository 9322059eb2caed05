package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;

/** A library that computes attention, loaded into the process that asks. */
public interface Peer extends AutoCloseable {
    /** The version of what runs, for people. */
    String version();

    /**
     * Puts query, key and value where the library wants them, so that running the contender computes and nothing else.
     *
     * @throws NotOfferedException if the library does not offer this kind of attention
     */
    Contender prepare(Case problem);

    /** Whether the first run takes the memory of the output; if not, preparing did. */
    boolean takesOutput();

    @Override
    default void close() {}
}
