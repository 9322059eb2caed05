package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.layers.LayerOperand;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One kernel of a layer's plan and over what it runs.
 *
 * @param family the family of kernels that it belongs to
 * @param kernel what is compiled
 * @param operands what its arguments are, in their order; null where there is none
 * @param params the struct that is its last argument, direct and in native order
 * @param globalSize work-items in all
 * @param localSize work-items of a group
 */
public record LayerLaunch(
        KernelFamily family,
        KernelOptions kernel,
        List<LayerOperand> operands,
        ByteBuffer params,
        long[] globalSize,
        long[] localSize) {}
