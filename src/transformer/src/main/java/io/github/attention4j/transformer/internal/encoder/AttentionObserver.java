package io.github.attention4j.transformer.internal.encoder;

/** Is shown the attention of each layer while a batch goes through a model. */
@FunctionalInterface
public interface AttentionObserver {
    /**
     * A layer has attended.
     *
     * @param layer from 0
     * @param packed what it was given: [token, query, key and value, head, column], texts one after the other
     * @param out what came out: [token, head, column]
     * @param nanos how long it took, with nothing else on the device
     */
    void attended(int layer, float[] packed, float[] out, long nanos);
}
