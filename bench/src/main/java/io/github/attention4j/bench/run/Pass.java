package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;

/** What of a training step is computed. */
public enum Pass {
    /** Out of query, key and value. */
    FORWARD("forward", 1),
    /** Gradients of query, key and value; out and lse are there already. */
    BACKWARD("backward", 2.5),
    /** One after the other. */
    BOTH("forward + backward", 3.5);

    private final String text;
    private final double forwards;

    Pass(String text, double forwards) {
        this.text = text;
        this.forwards = forwards;
    }

    /**
     * Floating-point operations, as is usual: forward has two matrix products, backward five, the scores once more
     * among them.
     */
    public double flops(AttentionSpec spec) {
        return forwards * Visible.flops(spec);
    }

    /** Whether gradients are its answer. */
    public boolean hasGradients() {
        return this != FORWARD;
    }

    /** Elements of all that it computes; lse is not counted. */
    public long outputElements(AttentionSpec spec) {
        long gradients = hasGradients() ? spec.queryElements() + spec.keyElements() + spec.valueElements() : 0;
        return gradients + (this == BACKWARD ? 0 : spec.outElements());
    }

    @Override
    public String toString() {
        return text;
    }
}
