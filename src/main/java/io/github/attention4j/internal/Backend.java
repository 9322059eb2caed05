package io.github.attention4j.internal;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.internal.split.Stack;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.util.List;

/** What an engine runs on: one OpenCL device, or this JVM. Arguments were checked by the engine. */
public interface Backend extends AutoCloseable {
    /** The device, with its limits. */
    Device device();

    /** Decides how to compute the spec; the engine keeps the answer. */
    AttentionPlan plan(AttentionSpec spec);

    /** Likewise, of a layer. */
    LayerPlan plan(LayerSpec spec);

    /**
     * Computes on host arrays, which were checked against the plan's spec, and returns when the outputs are written.
     */
    void attend(AttentionPlan plan, AttentionArrays arrays);

    /** Likewise of several calls, none of which writes what another reads or writes. */
    default void attend(AttentionPlan plan, List<AttentionArrays> calls) {
        for (AttentionArrays arrays : calls) {
            attend(plan, arrays);
        }
    }

    /** Computes on host arrays or a part of them, if {@link #largestBuffer} has it that a call comes in parts. */
    default void attend(Part part, AttentionArrays arrays) {
        attend(part.plan(), arrays);
    }

    /** How many bytes an operand of a call on host arrays may have at most by this plan; larger calls come in parts. */
    default long largestBuffer(AttentionPlan plan) {
        return Long.MAX_VALUE;
    }

    /** Computes several calls on host arrays, stacked if that is faster here. */
    default void attend(Stack stack, List<AttentionArrays> calls) {
        attend(stack.one(), calls);
    }

    /**
     * How many bytes all operands of a stack of calls by this plan may have together; 0 where none are to be stacked.
     */
    default long stackBytes(AttentionPlan plan) {
        return 0;
    }

    /** See {@link io.github.attention4j.AttentionEngine#blockMask}; operands that masks read were checked. */
    BlockMask blockMask(AttentionSpec spec, AttentionArrays arrays);

    /** Decides how to make the block masks of a spec, which has some. */
    BlockMaskPlan planBlockMask(AttentionSpec spec);

    /** See {@link io.github.attention4j.AttentionEngine#merge}. */
    void merge(Stream stream, MergeCall call);

    /** See {@link io.github.attention4j.AttentionEngine#rotate}. */
    void rotate(Stream stream, RotateCall call);

    /** Memory for a cache, without rows. */
    KvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines);

    /** A new queue. */
    Stream newStream();

    /** A tensor with undefined contents. */
    DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns);

    /** A tensor over the caller's direct buffer (position to limit, native order), without a copy. */
    DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns);

    /** The engine in an OpenCL program of the caller's. */
    default OpenClInterop interop() {
        throw new UnsupportedByDeviceException(
                "buffers, queues and events of OpenCL belong to an engine on an OpenCL device, but this one is on \""
                        + device().id() + "\"; open one such as AttentionEngine.open(context, queue, options)",
                device().describe());
    }

    /** Frees everything that was not freed by its owner. */
    @Override
    void close();
}
