package io.github.attention4j;

/**
 * What an engine decided for one {@link AttentionSpec}: kernel, tiles and compiled program. Made once, then only run; shared by all
 * threads and streams of its engine, and valid until the engine is closed.
 */
public interface AttentionPlan {
    /** What is computed. */
    AttentionSpec spec();

    /** The implementation that runs. */
    KernelFamily family();

    /** Which kernel and tiles were chosen, from where, and why the others were not taken; several lines for people. */
    String explain();

    /**
     * Enqueues the computation and returns at once. Nothing is checked but engine, type and shape of the tensors, before anything is enqueued.
     * The output must not overlap the inputs; its former contents do not matter.
     *
     * @param stream a stream of the same engine
     * @param query [batch, heads, queryLength, headDim]
     * @param key [batch, kvHeads, keyLength, headDim]
     * @param value [batch, kvHeads, keyLength, valueDim]
     * @param out receives [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException if a tensor does not fit the spec, or the spec asks for log-sum-exp
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    default void enqueue(Stream stream, DeviceTensor query, DeviceTensor key, DeviceTensor value, DeviceTensor out) {
        enqueue(stream, query, key, value, out, null);
    }

    /**
     * Like {@link #enqueue(Stream, DeviceTensor, DeviceTensor, DeviceTensor, DeviceTensor)}, for a spec that also asks for log-sum-exp.
     *
     * @param lse receives [batch, heads, queryLength, 1], natural logarithms; null when the spec does not ask for it
     */
    void enqueue(
            Stream stream,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor lse);

    /**
     * Like {@code enqueue}, and returns an event to wait on or to time the device by. The caller closes it.
     *
     * @param lse as above, or null when the spec does not ask for it
     */
    Event enqueueWithEvent(
            Stream stream,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor lse);
}
