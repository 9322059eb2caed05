package io.github.attention4j.internal.java;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pure Java where keys are many: sums of many terms stay exact enough, and memory does not grow with them. */
class LongKeysTest {
    private static final int KEYS = 16_384;
    private static final int THREADS = 2;
    private static final int MOST_CALLS = 400;

    @ParameterizedTest(name = "causal {0}")
    @ValueSource(booleans = {false, true})
    void theErrorStaysWithinTheBudget(boolean causal) {
        AttentionSpec spec = spec(40, KEYS, causal);
        // Scores of several units in both directions, so that the maximum moves while keys go by.
        Problem problem = new Problem(spec, 1, 2);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            float[] out = engine.attend(spec, problem.query(), problem.key(), problem.value());
            Budget.check(problem, out, null);
        }
    }

    @ParameterizedTest(name = "causal {0}")
    @ValueSource(booleans = {false, true})
    void aCallAllocatesNoMoreThanAFewTilesPerThreadHoweverManyKeys(boolean causal) {
        MicroKernels kernels = MicroKernels.best();
        AttentionSpec spec = spec(40, KEYS, causal);
        // A tile of queries, of outputs and of scores, and as much again for what surrounds them.
        long tiles = 2L
                * Float.BYTES
                * kernels.tileQ(spec.queryLength())
                * (spec.headDim() + spec.valueDim() + kernels.tileKv());
        // The Vector API leaves some short-lived vectors behind in every tile of keys, even when compiled: far fewer
        // than the tile has.
        long vectors = kernels.vectorWidth() > 1 ? 2048L * spec.heads() * (KEYS / kernels.tileKv()) : 0;
        long limit = THREADS * tiles + vectors;
        assertTrue(limit < spec.keyElements() * Float.BYTES / 4, "a limit near a copy of the keys would mean nothing");
        long bytes = allocatedByOneCall(spec, limit);
        assertTrue(bytes <= limit, bytes + " bytes, but " + limit + " are allowed");
    }

    private static AttentionSpec spec(int queries, int keys, boolean causal) {
        var builder = AttentionSpec.builder()
                .heads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(64);
        return (causal ? builder.causal() : builder).build();
    }

    /**
     * Bytes that all threads together take from the heap in one call, the tensors being there and the code compiled, or
     * the first such figure below {@code enough}.
     */
    private static long allocatedByOneCall(AttentionSpec spec, long enough) {
        try (AttentionEngine engine =
                        AttentionEngine.open("java", EngineOptions.defaults().withThreads(THREADS));
                Stream stream = engine.newStream();
                DeviceTensor query = engine.allocate(DType.F32, 1, 2, spec.queryLength(), 64);
                DeviceTensor key = engine.allocate(DType.F32, 1, 2, spec.keyLength(), 64);
                DeviceTensor value = engine.allocate(DType.F32, 1, 2, spec.keyLength(), 64);
                DeviceTensor out = engine.allocate(DType.F32, 1, 2, spec.queryLength(), 64)) {
            AttentionPlan plan = engine.plan(spec);
            long least = Long.MAX_VALUE;
            // The Vector API makes an object of every vector until the JIT compiler has seen it.
            for (int call = 0; call < MOST_CALLS && least > enough; call++) {
                long before = allocated();
                plan.enqueue(stream, query, key, value, out);
                stream.finish();
                least = Math.min(least, allocated() - before);
            }

            return least;
        }
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
