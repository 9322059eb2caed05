package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.steps.BlockSearch;
import io.github.attention4j.internal.java.threads.Threads;
import java.nio.ByteBuffer;

/** Makes block masks in this JVM. */
final class JavaBlockMaskPlan implements BlockMaskPlan {
    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final Threads threads;

    JavaBlockMaskPlan(JavaBackend backend, AttentionSpec spec, Threads threads) {
        this.backend = backend;
        this.spec = spec;
        this.threads = threads;
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public String explain() {
        return "block masks are made in Java, rows of blocks shared out to " + threads.count() + " threads";
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        Shapes.checkMasks(spec, tensors);
        Operands operands =
                Operands.of(spec, operand -> ArrayShapes.isOfMasks(spec, operand) ? memory(operand, tensors) : null);
        Object target = memory(Operand.BLOCK_MASK, tensors);
        queue.submit(() -> write(BlockSearch.of(spec, operands, threads).array(), target));
    }

    private Object memory(Operand operand, AttentionTensors tensors) {
        return HostTensor.of(operand.label(), tensors.get(operand), backend).memory();
    }

    private static void write(int[] numbers, Object target) {
        if (target instanceof int[] integers) {
            System.arraycopy(numbers, 0, integers, 0, numbers.length);
        } else {
            ((ByteBuffer) target).asIntBuffer().put(numbers);
        }
    }
}
