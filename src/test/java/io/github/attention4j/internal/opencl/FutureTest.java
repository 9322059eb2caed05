package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.Stream;
import io.github.attention4j.testing.Engines;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Futures end while other threads copy arrays and memory is collected: none of the three waits for the others. */
@Tag("opencl")
class FutureTest {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(64).headDim(8).build();

    private final AtomicBoolean isOver = new AtomicBoolean();

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void collectionsAndCopiesDoNotStopThem() throws Exception {
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice())) {
            AttentionPlan plan = engine.plan(SPEC);
            Thread copies = new Thread(() -> copy(engine, plan));
            Thread more = new Thread(() -> copy(engine, plan));
            Thread collections = new Thread(this::collect);
            copies.start();
            more.start();
            collections.start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            int ended = 0;
            try (Stream stream = engine.newStream();
                    DeviceTensor query = tensor(engine);
                    DeviceTensor out = tensor(engine)) {
                while (System.nanoTime() < end) {
                    CompletableFuture<?>[] futures = new CompletableFuture<?>[8];
                    for (int i = 0; i < futures.length; i++) {
                        try (Event event = plan.enqueueWithEvent(stream, query, query, query, out, null)) {
                            futures[i] = event.toFuture();
                        }
                    }
                    CompletableFuture.allOf(futures).get(60, TimeUnit.SECONDS);
                    ended += futures.length;
                }
            } finally {
                isOver.set(true);
            }
            copies.join();
            more.join();
            collections.join();
            assertTrue(ended > 0);
        }
    }

    private static DeviceTensor tensor(AttentionEngine engine) {
        return engine.allocate(DType.F32, 1, 2, 64, 8);
    }

    private void copy(AttentionEngine engine, AttentionPlan plan) {
        float[] array = new float[2 * 64 * 8];
        try (Stream stream = engine.newStream();
                DeviceTensor query = tensor(engine);
                DeviceTensor out = tensor(engine)) {
            while (!isOver.get()) {
                query.upload(stream, array);
                plan.enqueue(stream, query, query, query, out);
                out.download(stream, array);
            }
        }
    }

    private void collect() {
        while (!isOver.get()) {
            System.gc();
        }
    }
}
