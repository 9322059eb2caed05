package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many tokens through a small cache, whose pages are used again and again. {@code -Dcache.steps=100000} makes it
 * longer.
 */
@Tag("opencl")
class KvCacheLongRunTest {
    /** Asking for it makes garbage, so that is done once. */
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int STEPS = Integer.getInteger("cache.steps", 2000);
    private static final int BEFORE = 20;
    private static final int LIFE = 150;
    private static final KvCacheSpec SPEC = KvCacheSpec.builder()
            .sequences(3)
            .maxLength(LIFE + 64)
            .kvHeads(2)
            .headDim(8)
            .window(BEFORE)
            .paged(16, 9) // three for each, if what the window left behind comes back
            .build();

    private final int[] numbers = new int[3];
    private final int[] ones = {1, 1, 1};
    /** When each sequence began. */
    private final int[] begun = new int[3];

    @Test
    void aLongRunGrowsNothingAndStaysRight() {
        long before = Native.live();
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice());
                KvCache cache = engine.newKvCache(SPEC);
                Stream stream = engine.newStream();
                DeviceTensor keys = engine.allocate(DType.F32, 3, 2, 1, 8);
                DeviceTensor values = engine.allocate(DType.F32, 3, 2, 1, 8);
                DeviceTensor query = engine.allocate(DType.F32, 3, 4, 1, 8);
                DeviceTensor out = engine.allocate(DType.F32, 3, 4, 1, 8)) {
            AttentionSpec spec = cache.applyTo(AttentionSpec.builder().heads(4).queryLength(1))
                    .build();
            AttentionTensors tensors = cache.addTo(new AttentionTensors())
                    .with(Operand.QUERY, query)
                    .with(Operand.OUT, out);
            DeviceTensor pool = tensors.get(Operand.VALUE);
            pool.upload(stream, Elements.poisoned(spec.operand(Operand.VALUE)), 0);
            keys.upload(stream, new float[48]);
            query.upload(stream, new float[96]);
            AttentionPlan plan = engine.plan(spec);
            for (int i = 0; i < 3; i++) {
                numbers[i] = cache.newSequence();
            }
            float[] row = new float[48];
            float[] result = new float[96];
            long working = 0;
            long heap = 0;
            for (int step = 0; step < STEPS; step++) {
                for (int i = 0; i < 3; i++) {
                    if (step - begun[i] > LIFE + 20 * i) {
                        cache.free(stream, numbers[i]);
                        numbers[i] = cache.newSequence();
                        begun[i] = step;
                    }
                }
                Arrays.fill(row, value(step));
                values.upload(stream, row);
                long allocated = allocated();
                cache.append(stream, numbers, ones, keys, values);
                plan.enqueue(stream, tensors);
                heap += step < STEPS / 2 ? 0 : allocated() - allocated;
                if (step == 200) {
                    working = Native.live();
                }
                if (step % 7 == 0) {
                    out.download(stream, result);
                    checkMeans(step, result);
                }
            }
            assertEquals(working, Native.live());
            double aStep = heap / (STEPS - STEPS / 2.0);
            // Some 200 once the JIT compiler has seen enough, 290 in these few steps.
            assertTrue(aStep < 500, "bytes of heap a step: " + aStep);
        }
        assertEquals(before, Native.live());
    }

    /** All keys are 0, so all weights are the same. */
    private void checkMeans(int step, float[] out) {
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            int first = Math.max(begun[i], step - BEFORE);
            for (int seen = first; seen <= step; seen++) {
                sum += value(seen);
            }
            for (int d = 0; d < 32; d++) {
                assertEquals(sum / (step + 1 - first), out[numbers[i] * 32 + d], 1e-4, "step " + step);
            }
        }
    }

    private static float value(int step) {
        return step * 37 % 64;
    }

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
