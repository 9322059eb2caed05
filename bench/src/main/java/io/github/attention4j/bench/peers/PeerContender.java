package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;

/** What contenders of other libraries have in common: they run on the processor, and have a way to be named. */
public abstract class PeerContender implements Contender {
    /** The shape that is computed. */
    protected final AttentionSpec spec;

    private final String engine;
    private final String way;

    /**
     * Keeps the shape.
     *
     * @param engine the library
     * @param way which of its operations are called, and what is done to the inputs beforehand
     */
    protected PeerContender(String engine, String way, Case problem) {
        this.engine = engine;
        this.way = way;
        this.spec = problem.spec();
    }

    @Override
    public final String engine() {
        return engine;
    }

    @Override
    public final String device() {
        return "cpu";
    }

    @Override
    public final String family() {
        return way;
    }

    /**
     * Whether the mask is causal; throws if a causal mask would stand elsewhere than the engine's, for want of as many
     * queries as keys.
     */
    protected static boolean causal(AttentionSpec spec) {
        boolean causal = Case.isCausal(spec);
        if (causal && spec.queryLength() != spec.keyLength()) {
            throw new NotOfferedException("its causal mask starts at the first key, not at the last: the same only for "
                    + "as many queries as keys, not for " + spec.queryLength() + " and " + spec.keyLength());
        }
        return causal;
    }

    /** {@code ", keys and values expanded"} where query heads share them. */
    protected static String expanded(AttentionSpec spec) {
        return spec.groupSize() == 1 ? "" : ", keys and values expanded to " + spec.heads() + " heads";
    }
}
