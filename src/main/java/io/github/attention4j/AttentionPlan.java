package io.github.attention4j;

import io.github.attention4j.internal.CallChecks;
import java.util.List;

/**
 * What an engine decided for one {@link AttentionSpec}: kernel, tiles and compiled program. Made once, then only run;
 * shared by all threads and streams of its engine, and valid until the engine is closed.
 */
public interface AttentionPlan {
    /**
     * What is computed: what was asked for, {@linkplain AttentionSpec#withFunctionsAsOptions with} functions as
     * options.
     */
    AttentionSpec spec();

    /** The implementation that runs. */
    KernelFamily family();

    /** Which kernel and tiles were chosen, from where, and why the others were not taken; several lines for people. */
    String explain();

    /**
     * Enqueues the computation and returns at once; the first time that a compiled kernel is used, when it has run, so
     * that one that the driver cannot run is seen. Nothing is checked but engine, type and shape of the tensors, before
     * anything is enqueued. What integer tensors hold is not looked at: a length or offset out of range counts as the
     * nearest that is in range, so that no kernel reads or writes outside its tensors. Outputs must not overlap inputs;
     * their former contents do not matter.
     *
     * @param stream a stream of the same engine
     * @param tensors exactly the operands of {@link #spec}
     * @throws IllegalArgumentException if an operand is missing, too many, does not fit the spec, or is of another
     *     engine, as the stream may be
     * @throws IllegalStateException if stream, tensors or engine are closed
     * @throws DeviceException if the driver refuses the work, or a kernel fails when it runs for the first time
     */
    void enqueue(Stream stream, AttentionTensors tensors);

    /**
     * Enqueues several calls of this spec to be computed together. In pure Java, where a small call alone has one
     * thread, all threads share the heads of all calls, so that many small ones take less time; on OpenCL they are
     * launched one behind the other, as single ones are. Each gives the results that it gives alone, bit for bit. Calls
     * of different lengths go as one ragged call instead: {@link AttentionSpecBuilder#raggedQueries},
     * {@link AttentionSpecBuilder#raggedKeys}. Calls on host arrays: {@link AttentionEngine#attend(AttentionSpec,
     * List)}.
     *
     * <p>The calls have no order among themselves: no output of one may overlap an operand of another; inputs they may
     * share. All are checked before anything is enqueued.
     *
     * @param stream a stream of the same engine
     * @param calls the operands of each call; none does nothing
     * @throws NullPointerException if {@code calls} or one of them is null; messages about one begin with its number:
     *     {@code "calls[3]: ..."}
     * @throws IllegalArgumentException if one could not be enqueued alone, or a tensor that one writes to is given to
     *     another as well; nothing is enqueued then
     * @throws IllegalStateException if stream, tensors or engine are closed; nothing is enqueued then
     * @throws DeviceException if the driver refuses the work, or a kernel fails when it runs for the first time; calls
     *     in front of that one may be enqueued
     */
    default void enqueue(Stream stream, List<AttentionTensors> calls) {
        CallChecks.check(spec(), calls);
        for (AttentionTensors tensors : calls) {
            enqueue(stream, tensors);
        }
    }

    /**
     * Like {@link #enqueue(Stream, AttentionTensors)}, and returns an event to wait on or to time the device by. The
     * caller closes it.
     */
    Event enqueueWithEvent(Stream stream, AttentionTensors tensors);

    /**
     * Like {@link #enqueue(Stream, AttentionTensors)}, for a spec with no other operands.
     *
     * @param query [batch, heads, queryLength, headDim]
     * @param key [batch, kvHeads, keyLength, headDim]
     * @param value [batch, kvHeads, keyLength, valueDim]
     * @param out is written to: [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException if the spec has other operands, or a tensor does not fit it or is of another
     *     engine
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    default void enqueue(Stream stream, DeviceTensor query, DeviceTensor key, DeviceTensor value, DeviceTensor out) {
        enqueue(stream, AttentionTensors.of(query, key, value, out));
    }

    /**
     * Like {@link #enqueue(Stream, DeviceTensor, DeviceTensor, DeviceTensor, DeviceTensor)}, with the log-sum-exp of
     * each row.
     *
     * @param lse is written to: [batch, heads, queryLength, 1] in F32; null when the spec does not ask for it
     * @throws IllegalArgumentException if the spec has other operands, or a tensor does not fit it or is of another
     *     engine
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    default void enqueue(
            Stream stream,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor lse) {
        enqueue(stream, tensors(query, key, value, out, lse));
    }

    /**
     * Like {@link #enqueueWithEvent(Stream, AttentionTensors)}, for a spec with no other operands; shapes are those of
     * {@link #enqueue(Stream, DeviceTensor, DeviceTensor, DeviceTensor, DeviceTensor, DeviceTensor)}.
     *
     * @param lse null when the spec does not ask for it
     * @throws IllegalArgumentException if the spec has other operands, or a tensor does not fit it or is of another
     *     engine
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    default Event enqueueWithEvent(
            Stream stream,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor lse) {
        return enqueueWithEvent(stream, tensors(query, key, value, out, lse));
    }

    private static AttentionTensors tensors(
            DeviceTensor query, DeviceTensor key, DeviceTensor value, DeviceTensor out, DeviceTensor lse) {
        AttentionTensors tensors = AttentionTensors.of(query, key, value, out);
        return lse == null ? tensors : tensors.with(Operand.LSE, lse);
    }
}
