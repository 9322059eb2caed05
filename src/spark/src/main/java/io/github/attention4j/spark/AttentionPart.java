package io.github.attention4j.spark;

import io.github.attention4j.AttentionResult;

/** Output and log-sum-exp of a block of queries over some of the keys. */
final class AttentionPart implements Part {
    private static final long serialVersionUID = 1;

    private final float[] out;
    private final float[] lse;

    AttentionPart(float[] out, float[] lse) {
        this.out = out;
        this.lse = lse;
    }

    float[] out() {
        return out;
    }

    float[] lse() {
        return lse;
    }

    @Override
    public Part merge(Part other) {
        AttentionPart that = (AttentionPart) other;
        AttentionResult both = new AttentionResult(out, lse).merge(new AttentionResult(that.out, that.lse));
        return new AttentionPart(both.out(), both.lse());
    }
}
