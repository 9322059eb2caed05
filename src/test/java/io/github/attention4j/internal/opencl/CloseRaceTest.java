package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads are in every call of an engine while another thread closes it, or one of the things they use. Each call must
 * go well or say that something is closed, and when all are through nothing may be left in the driver.
 */
@Tag("opencl")
@Timeout(300)
class CloseRaceTest {
    private static final int THREADS = 4;

    @TempDir
    static Path programs;

    private long before;

    @BeforeEach
    void countBefore() {
        before = Native.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, Native.live(), "native objects left");
    }

    static Stream<String> devices() {
        return Stream.of(AttentionEngine.devices().get(0).id(), "java").distinct();
    }

    private static BusyEngine open(String device) {
        return new BusyEngine(device, EngineOptions.defaults().withCacheDirectory(programs));
    }

    /** What is closed while the threads are busy. */
    private interface Closing {
        void close(BusyEngine busy) throws Exception;
    }

    @ParameterizedTest
    @MethodSource("devices")
    void anEngineClosesWhileOthersAreInIt(String device) throws Exception {
        race(device, 120, busy -> busy.engine.close());
    }

    @ParameterizedTest
    @MethodSource("devices")
    void threadsCloseAnEngineTogether(String device) throws Exception {
        race(device, 40, busy -> {
            Thread other = new Thread(busy.engine::close);
            other.start();
            busy.engine.close();
            other.join();
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void streamsTensorsAndCachesCloseWhileOthersUseThem(String device) throws Exception {
        race(device, 60, busy -> {
            for (AutoCloseable each : busy.parts()) {
                each.close();
                Thread.yield();
            }
            busy.engine.close();
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void anEngineClosesInWhatDependsOnItsWork(String device) throws Exception {
        race(device, 40, busy -> busy.future().thenRun(busy.engine::close).get(60, TimeUnit.SECONDS));
    }

    private static void race(String device, int engines, Closing closing) throws Exception {
        for (int round = 0; round < engines; round++) {
            BusyEngine busy = open(device);
            ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<CompletableFuture<Void>> futures = new ConcurrentLinkedQueue<>();
            CountDownLatch started = new CountDownLatch(THREADS);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int first = round * THREADS + i;
                threads.add(new Thread(() -> {
                    started.countDown();
                    try {
                        busy.useUntilClosed(first, futures);
                    } catch (Throwable e) {
                        wrong.add(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            started.await();
            LockSupport.parkNanos(round * 37L % 40 * 50_000); // from at once to 2 ms later
            closing.close(busy);
            for (Thread thread : threads) {
                thread.join();
            }
            if (!wrong.isEmpty()) {
                throw new AssertionError("round " + round + ": " + wrong.peek(), wrong.peek());
            }
            for (CompletableFuture<Void> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
            for (BusyEngine.Use use : busy.uses()) {
                assertThrows(IllegalStateException.class, () -> use.run(futures), use.name());
            }
        }
    }
}
