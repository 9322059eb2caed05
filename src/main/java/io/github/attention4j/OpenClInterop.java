package io.github.attention4j;

import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * An engine inside an OpenCL program of the caller's: {@link AttentionEngine#interop}. Buffers, shared virtual memory,
 * queues and events stay the caller's. What the engine needs of them it retains, and releases as often, at the latest
 * when it is closed; nothing here waits for the device. {@link OpenClHandles} makes JOCL's objects of raw pointers.
 */
public interface OpenClInterop {
    /**
     * A tensor [batch, heads, rows, columns] over a buffer of the caller's, or a part of it; its contents are what the
     * buffer holds. The buffer may be a sub-buffer. Closing the tensor leaves the buffer alone.
     *
     * <p>Kernels may only read what was made with {@code CL_MEM_READ_ONLY} and only write what was made with
     * {@code CL_MEM_WRITE_ONLY}, and only a host that may is handed contents: a call that would do otherwise is
     * refused.
     *
     * @param memory a buffer of the engine's context
     * @param byteOffset where the tensor begins in it; 0, or a multiple of {@link #byteAlignment}. Elsewhere may begin
     *     an operand whose {@link Layout#start} says where, in a tensor that begins before
     * @param columns elements of a row; of {@link DType#BIT} and {@link DType#I4} the bytes of a row, see
     *     {@link DType#units}
     * @throws IllegalArgumentException if it is no buffer, of another context, too small, or the offset is not aligned,
     *     or a size is less than 1
     * @throws IllegalStateException if the engine is closed
     * @throws DeviceException if the driver refuses to answer, or to make a sub-buffer
     */
    DeviceTensor wrap(cl_mem memory, long byteOffset, DType dtype, int batch, int heads, int rows, int columns);

    /** What a byte offset in {@link #wrap} must be a multiple of; the device says so. */
    int byteAlignment();

    /**
     * A tensor [batch, heads, rows, columns] over shared virtual memory of the caller's ({@code clSVMAlloc}). The
     * memory must hold the tensor, which cannot be asked, and stay until the tensor is closed; closing waits for what
     * is queued on the engine's streams. Between calls the host reaches it as OpenCL says of its kind: coarse-grained
     * memory through {@code clEnqueueSVMMap} on the stream's queue.
     *
     * @throws UnsupportedByDeviceException if the device has no shared virtual memory, or no tensor can be that large
     * @throws IllegalArgumentException if a size is less than 1
     * @throws IllegalStateException if the engine is closed
     * @throws DeviceException if the driver refuses
     */
    DeviceTensor wrapSvm(Pointer memory, DType dtype, int batch, int heads, int rows, int columns);

    /**
     * A stream over a queue of the caller's, whose commands and the engine's run in the order in which they were
     * enqueued. On an out-of-order queue the engine puts a barrier before each command of its own: it runs after all
     * that was enqueued before. What the caller enqueues later waits for an {@link #handle event} or is put behind a
     * barrier by the caller.
     *
     * <p>Closing the stream waits for the queue and gives nothing back but what was taken.
     *
     * @param queue a queue of the engine's context and device
     * @throws IllegalArgumentException if it is of another context or another device
     * @throws IllegalStateException if the engine is closed
     * @throws DeviceException if the driver refuses to answer
     */
    Stream stream(cl_command_queue queue);

    /**
     * What is enqueued on the stream from now on runs after the commands that these events belong to. Where one of them
     * fails, what follows fails too: {@link Event#await} tells.
     *
     * @param stream a stream of this engine, over a queue of the caller's or not
     * @param events of the engine's context
     * @throws IllegalArgumentException if the stream is of another engine, or there is no event
     * @throws IllegalStateException if stream or engine are closed
     * @throws DeviceException if the driver refuses, as it does an event of another context
     */
    void waitFor(Stream stream, cl_event... events);

    /**
     * The event for others to wait on: of the last kernel of the call, which ends after all the others. It stays the
     * engine's, until the event is closed; retain it ({@code clRetainEvent}) to keep it longer.
     *
     * @param event of this engine
     * @throws IllegalArgumentException if it is of another engine
     * @throws IllegalStateException if it is closed
     */
    cl_event handle(Event event);
}
