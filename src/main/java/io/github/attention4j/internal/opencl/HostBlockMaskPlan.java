package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes block masks in Java of the device's tensors, which are copied for that: where no kernel may. An enqueue waits
 * for the stream.
 */
final class HostBlockMaskPlan implements BlockMaskPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionSpec spec;
    private final Backend java;
    private final ClContext context;
    private final String reason;

    /** @param reason why no kernel makes them */
    HostBlockMaskPlan(AttentionSpec spec, Backend java, ClContext context, String reason) {
        this.spec = spec;
        this.java = java;
        this.context = context;
        this.reason = reason;
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public String explain() {
        return java.planBlockMask(spec).explain() + "\nnot by kernels of " + context.device.name() + ": " + reason;
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        Shapes.checkMasks(spec, tensors);
        AttentionArrays arrays = new AttentionArrays();
        for (Operand operand : OPERANDS) {
            if (spec.has(operand) && ArrayShapes.isOfMasks(spec, operand)) {
                ClTensor tensor = ClTensor.of(operand.label(), tensors.get(operand), context);
                ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(
                                tensor.elements() * tensor.dtype().bytes()))
                        .order(ByteOrder.nativeOrder());
                tensor.download(stream, copy, 0);
                arrays.with(operand, copy);
            }
        }
        ClTensor mask = ClTensor.of(Operand.BLOCK_MASK.label(), tensors.get(Operand.BLOCK_MASK), context);
        mask.upload(stream, java.blockMask(spec, arrays).array(), 0);
    }
}
