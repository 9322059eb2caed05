package io.github.attention4j.internal.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class JavaConcurrencyTest {
    private static Problem problem(long seed) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(4)
                .sequenceLength(150)
                .headDim(24)
                .causal()
                .returnLse()
                .build();
        return new Problem(spec, seed, 1);
    }

    @Test
    void oneEngineServesSeveralCallersAtOnce() throws Exception {
        try (AttentionEngine engine =
                AttentionEngine.open("java", EngineOptions.defaults().withThreads(3))) {
            inParallel(8, n -> {
                for (int i = 0; i < 5; i++) {
                    Problem problem = problem(n * 100L + i);
                    AttentionResult result =
                            engine.attendWithLse(problem.spec(), problem.query(), problem.key(), problem.value());
                    Budget.check(problem, result.out(), result.lse());
                }
            });
        }
    }

    @Test
    void streamsOfOneEngineRunSideBySideAndSharePlans() throws Exception {
        try (AttentionEngine engine =
                AttentionEngine.open("java", EngineOptions.defaults().withThreads(2))) {
            AttentionPlan plan = engine.plan(problem(0).spec());
            inParallel(4, n -> {
                Problem problem = problem(n);
                try (JavaEngineTest.Tensors t = new JavaEngineTest.Tensors(engine, problem)) {
                    for (int i = 0; i < 5; i++) {
                        t.poison(t.out);
                        plan.enqueue(t.stream, t.query, t.key, t.value, t.out, t.lse);
                        t.check(problem);
                    }
                }
            });
        }
    }

    @Test
    void severalEnginesWorkSideBySide() throws Exception {
        inParallel(4, n -> {
            try (AttentionEngine engine = AttentionEngine.open(
                    n % 2 == 0 ? "java" : "reference", EngineOptions.defaults().withThreads(2))) {
                Problem problem = problem(n);
                AttentionResult result =
                        engine.attendWithLse(problem.spec(), problem.query(), problem.key(), problem.value());
                Budget.check(problem, result.out(), result.lse());
            }
        });
    }

    private interface Part {
        void run(int n) throws Exception;
    }

    private static void inParallel(int threads, Part part) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int n = i;
                parts.add(callers.submit(() -> {
                    part.run(n);
                    return null;
                }));
            }
            for (Future<?> done : parts) {
                done.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void aTeamRunsEveryItemOnceInOrderOfStart() {
        try (Threads threads = new Threads(4)) {
            for (int items : new int[] {1, 2, 3, 100}) {
                int[] runs = new int[items];
                AtomicInteger largest = new AtomicInteger(-1);
                threads.run(items, next -> {
                    for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                        runs[item]++;
                        largest.accumulateAndGet(item, Math::max);
                    }
                });
                assertTrue(IntStream.of(runs).allMatch(n -> n == 1));
                assertEquals(items - 1, largest.get());
            }
        }
    }

    @Test
    void aFailureInOneThreadReachesTheCallerAndTheTeamLivesOn() {
        try (Threads threads = new Threads(3)) {
            IllegalStateException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> threads.run(1000, next -> {
                        for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                            if (item == 20) {
                                throw new IllegalStateException("item 20");
                            }
                        }
                    }));
            assertEquals("item 20", thrown.getMessage());
            AtomicInteger count = new AtomicInteger();
            threads.run(10, next -> {
                while (next.getAsInt() >= 0) {
                    count.incrementAndGet();
                }
            });
            assertEquals(10, count.get());
        }
    }

    @Test
    void enqueuedWorkRunsInOrderBehindTheCallersBack() throws Exception {
        try (JavaBackend backend = (JavaBackend) JavaBackend.open("java", EngineOptions.defaults())) {
            JavaStream stream = (JavaStream) backend.newStream();
            CountDownLatch gate = new CountDownLatch(1);
            List<Integer> order = new ArrayList<>();
            stream.submit(() -> awaitGate(gate));
            List<JavaEvent> events = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int n = i;
                events.add(new JavaEvent(stream.submit(() -> order.add(n))));
            }
            assertFalse(events.get(0).isDone());
            gate.countDown();
            stream.finish();
            assertEquals(IntStream.range(0, 10).boxed().toList(), order);
            assertTrue(events.get(9).isDone());
        }
    }

    private static void awaitGate(CountDownLatch gate) {
        try {
            assertTrue(gate.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureSurfacesAtFinishAndAtItsEventAndLaterWorkStillRuns() {
        try (JavaBackend backend = (JavaBackend) JavaBackend.open("java", EngineOptions.defaults())) {
            JavaStream stream = (JavaStream) backend.newStream();
            RuntimeException cause = new RuntimeException("broken");
            Event failed = new JavaEvent(stream.submit(() -> {
                throw cause;
            }));
            Event later = new JavaEvent(stream.submit(() -> {}));
            DeviceException atFinish = assertThrows(DeviceException.class, stream::finish);
            assertTrue(atFinish.getMessage().contains("broken"), atFinish.getMessage());
            assertSame(cause, atFinish.getCause());
            assertSame(cause, assertThrows(DeviceException.class, failed::await).getCause());
            ExecutionException atFuture = assertThrows(
                    ExecutionException.class, () -> failed.toFuture().get());
            assertInstanceOf(DeviceException.class, atFuture.getCause());
            assertTrue(failed.isDone());
            later.await();
            stream.finish(); // reported once
        }
    }

    @Test
    void closingAStreamLetsItsWorkEndEvenFromItsOwnThread() throws Exception {
        try (JavaBackend backend = (JavaBackend) JavaBackend.open("java", EngineOptions.defaults())) {
            JavaStream stream = (JavaStream) backend.newStream();
            AtomicInteger ran = new AtomicInteger();
            stream.submit(() -> sleep(50));
            stream.submit(ran::incrementAndGet);
            stream.close();
            assertEquals(1, ran.get());

            Stream other = backend.newStream();
            Event event = new JavaEvent(((JavaStream) other).submit(other::close));
            event.toFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
