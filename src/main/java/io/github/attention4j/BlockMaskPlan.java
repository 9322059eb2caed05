package io.github.attention4j;

/**
 * How an engine makes the block masks of one {@link AttentionSpec} from its masks by position and its keep function, as
 * {@code AttentionEngine#blockMask} does it for arrays. An engine on an OpenCL device has kernels for it, so what the
 * function reads, and the mask, stay in tensors on the device; one in Java computes in Java. Shared by all threads and
 * streams of its engine, and valid until the engine is closed.
 *
 * <p>Blocks are judged by bounds of the function, and only where these leave it open by asking about pairs, until two
 * answers differ: time is linear in the number of blocks that masks by position leave, plus the pairs asked about, and
 * beside the mask a byte is needed for each block. All engines make the same mask, unless the function compares floats
 * that devices compute differently; the kernels of a device see them as its attention does.
 */
public interface BlockMaskPlan {
    /** Whose masks are made. */
    AttentionSpec spec();

    /** Where masks are made and how, and if not on the device, why; for people. */
    String explain();

    /**
     * Enqueues the making of a mask. What integer tensors hold is not looked at: a length or offset out of range counts
     * as the nearest that is in range.
     *
     * @param stream a stream of the same engine
     * @param tensors {@link Operand#BLOCK_MASK}, which is written to, and what masks by position and the keep function
     *     read; others may be missing, so that the tensors of the call itself will do
     * @throws IllegalArgumentException if a tensor is missing, does not fit the spec, or is of another engine, or the
     *     mask's overlaps another
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    void enqueue(Stream stream, AttentionTensors tensors);
}
