package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Event;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.CallChecks;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.java.memory.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;

/** A computation on host arrays as a plan for tensors in this JVM: what is enqueued runs on its stream's thread. */
public abstract class CalledPlan implements AttentionPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final JavaBackend backend;
    private final AttentionSpec spec;

    /** @param backend that streams and tensors belong to */
    protected CalledPlan(JavaBackend backend, AttentionSpec spec) {
        this.backend = backend;
        this.spec = spec;
    }

    /** Computes on arrays that fit the spec, and returns when the outputs are written. */
    public abstract void attend(AttentionArrays arrays);

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        submit(stream, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        return new JavaEvent(submit(stream, tensors));
    }

    @Override
    public void enqueue(Stream stream, List<AttentionTensors> calls) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        CallChecks.check(spec, calls);
        for (Runnable work : CallChecks.each(calls, this::work)) {
            queue.submit(work);
        }
    }

    private JavaStream.Task submit(Stream stream, AttentionTensors tensors) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        Shapes.check(spec, tensors);
        return queue.submit(work(tensors));
    }

    /** What runs on the stream's thread for tensors that fit the spec. */
    protected Runnable work(AttentionTensors tensors) {
        AttentionArrays arrays = arrays(tensors, operand -> true);
        return () -> attend(arrays);
    }

    /** The arrays of those operands that are wanted. */
    protected final AttentionArrays arrays(AttentionTensors tensors, Predicate<Operand> isWanted) {
        AttentionArrays arrays = new AttentionArrays();
        for (Operand operand : OPERANDS) {
            if (spec.has(operand) && isWanted.test(operand)) {
                HostTensor tensor = HostTensor.of(operand.label(), tensors.get(operand), backend);
                set(arrays, operand, tensor.memory());
            }
        }
        return arrays;
    }

    /** Sets an operand to an array or buffer of its type. */
    public static void set(AttentionArrays arrays, Operand operand, Object memory) {
        if (memory instanceof float[] floats) {
            arrays.with(operand, floats);
        } else if (memory instanceof short[] halves) {
            arrays.with(operand, halves);
        } else if (memory instanceof int[] integers) {
            arrays.with(operand, integers);
        } else if (memory instanceof byte[] bytes) {
            arrays.with(operand, bytes);
        } else {
            arrays.with(operand, (ByteBuffer) memory);
        }
    }
}
