package io.github.attention4j.layers;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;

/**
 * What an engine decided for one {@link LayerSpec}. Made once, then only run; shared by all threads and streams of its
 * engine, and valid until the engine is closed.
 */
public interface LayerPlan {
    /** What is computed. */
    LayerSpec spec();

    /** The implementation that runs. */
    KernelFamily family();

    /** Which kernel and tiles were chosen, and why the others were not taken; several lines for people. */
    String explain();

    /**
     * Enqueues the computation and returns at once; the first time that a compiled kernel is used, when it has run. A
     * dense operand's tensor may have any four dimensions if their product is right, so attention's tensors are handed
     * on as they are; a strided one must have at least the elements up to its last.
     *
     * @param stream a stream of the same engine
     * @param tensors exactly the operands of {@link #spec}
     * @throws IllegalArgumentException if an operand is missing, too many, does not fit the spec, or is of another
     *     engine, as the stream may be; or if an output overlaps another operand, but for {@link LayerSpec#mayShare}
     * @throws IllegalStateException if stream, tensors or engine are closed
     * @throws DeviceException if the driver refuses the work, or a kernel fails when it runs for the first time
     */
    void enqueue(Stream stream, LayerTensors tensors);

    /** Like {@link #enqueue}, and returns an event to wait on or to time the device by. The caller closes it. */
    Event enqueueWithEvent(Stream stream, LayerTensors tensors);
}
