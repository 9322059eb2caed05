package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.CallChecks;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.split.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes in Java on the device's tensors, which are mapped for that: for a device whose kernels gave wrong answers.
 * An enqueue waits for the stream and returns when the outputs are written.
 */
final class HostPlan implements AttentionPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionPlan plan;
    private final Backend java;
    private final ClContext context;
    private final String reason;

    /** @param reason why no kernel computes it */
    HostPlan(AttentionSpec spec, Backend java, ClContext context, String reason) {
        this.plan = java.plan(spec);
        this.java = java;
        this.context = context;
        this.reason = reason;
    }

    @Override
    public AttentionSpec spec() {
        return plan.spec();
    }

    @Override
    public KernelFamily family() {
        return plan.family();
    }

    @Override
    public String explain() {
        return plan.explain() + "\nin Java, because no kernel may be used on " + context.device.name() + ":\n" + reason
                + "\non " + context.device.describe();
    }

    /** Computes on host arrays, or a part of them where the other parts have kernels. */
    void attend(Part part, AttentionArrays arrays) {
        if (part.isWhole()) {
            java.attend(plan, arrays);
            return;
        }
        AttentionTensors tensors = new AttentionTensors();
        try (Stream stream = java.newStream()) {
            for (Operand operand : OPERANDS) {
                if (spec().has(operand)) {
                    TensorSpec size = spec().operand(operand); // dense, or it would not be in parts
                    DeviceTensor tensor =
                            java.allocate(size.dtype(), size.batch(), size.heads(), size.rows(), size.rowUnits());
                    tensors.with(operand, tensor);
                    if (!spec().isOutput(operand) || spec().accumulates()) {
                        tensor.upload(stream, part.array(arrays, operand), part.offset(arrays, operand));
                    }
                }
            }
            plan.enqueue(stream, tensors);
            for (Operand operand : OPERANDS) {
                if (spec().isOutput(operand)) {
                    tensors.get(operand).download(stream, part.array(arrays, operand), part.offset(arrays, operand));
                }
            }
        } finally {
            for (Operand operand : OPERANDS) {
                if (tensors.get(operand) != null) {
                    tensors.get(operand).close();
                }
            }
        }
    }

    /** Computes several calls on host arrays, together. */
    void attend(List<AttentionArrays> calls) {
        java.attend(plan, calls);
    }

    @Override
    public void enqueue(Stream stream, List<AttentionTensors> calls) {
        ClStream.of(stream, context);
        CallChecks.check(spec(), calls);
        CallChecks.each(calls, this::requireOwn);
        for (AttentionTensors tensors : calls) {
            enqueue(stream, tensors);
        }
    }

    /** Checks that tensors are of this engine. */
    private AttentionTensors requireOwn(AttentionTensors tensors) {
        for (Operand operand : OPERANDS) {
            if (tensors.get(operand) != null) {
                ClTensor.of(operand.label(), tensors.get(operand), context);
            }
        }
        return tensors;
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        run(stream, tensors).close();
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        return run(stream, tensors);
    }

    private Event run(Stream stream, AttentionTensors given) {
        Shapes.check(spec(), given);
        ClStream.of(stream, context);
        List<DeviceTensor.Mapping> mappings = new ArrayList<>();
        try (Stream javaStream = java.newStream()) {
            AttentionTensors mapped = new AttentionTensors();
            for (int i = 0; i < OPERANDS.length; i++) {
                DeviceTensor tensor = given.get(OPERANDS[i]);
                if (tensor != null) {
                    mapped.with(OPERANDS[i], map(stream, given, i, mapped, mappings));
                }
            }
            Event event = plan.enqueueWithEvent(javaStream, mapped);
            event.await();
            return event;
        } finally {
            for (DeviceTensor.Mapping mapping : mappings) {
                mapping.close();
            }
        }
    }

    /** A tensor that is given for several operands is mapped once. */
    private DeviceTensor map(
            Stream stream,
            AttentionTensors given,
            int operand,
            AttentionTensors mapped,
            List<DeviceTensor.Mapping> mappings) {
        DeviceTensor tensor = given.get(OPERANDS[operand]);
        for (int before = 0; before < operand; before++) {
            if (given.get(OPERANDS[before]) == tensor) {
                return mapped.get(OPERANDS[before]);
            }
        }
        DeviceTensor.Mapping mapping =
                ClTensor.of(OPERANDS[operand].label(), tensor, context).map(stream);
        mappings.add(mapping);
        return java.wrap(
                mapping.bytes(), tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
    }
}
