package io.github.attention4j.layers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.testing.Engines;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a call of a layer takes from Java's heap. */
@Tag("opencl")
class LayerAllocationTest {
    private static final int CALLS = 200;

    @Test
    void aCallTakesNoMoreThanOneOfAttention() {
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice());
                Stream stream = engine.newStream();
                DeviceTensor a = engine.allocate(DType.F32, 1, 1, 8, 8);
                DeviceTensor b = engine.allocate(DType.F32, 1, 1, 8, 8);
                DeviceTensor c = engine.allocate(DType.F32, 1, 1, 8, 8);
                DeviceTensor d = engine.allocate(DType.F32, 1, 1, 8, 8)) {
            AttentionPlan attention = engine.plan(AttentionSpec.builder()
                    .heads(1)
                    .sequenceLength(8)
                    .headDim(8)
                    .build());
            LayerPlan linear = engine.plan(
                    LinearSpec.builder().rows(8).inFeatures(8).outFeatures(8).build());
            LayerTensors tensors = new LayerTensors()
                    .with(LayerOperand.INPUT, a)
                    .with(LayerOperand.WEIGHT, b)
                    .with(LayerOperand.OUT, d);
            long allowed = least(stream, () -> attention.enqueue(stream, a, b, c, d));
            long bytes = least(stream, () -> linear.enqueue(stream, tensors));
            assertTrue(bytes <= allowed, bytes + " bytes, but attention takes " + allowed);
        }
    }

    private static long least(Stream stream, Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < CALLS; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            call.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            stream.finish();
        }
        return least;
    }
}
