package io.github.attention4j.internal.java.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InOrderTest {
    /** Each of several threads queues, now and then helps, and finds its own work done in its order, once. */
    @Test
    void nothingIsLostOrOvertaken() throws InterruptedException {
        int threads = 4;
        int pieces = 5_000;
        List<List<Integer>> done = new ArrayList<>();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger collisions = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        try (InOrder queue = new InOrder("in-order-test")) {
            for (int t = 0; t < threads; t++) {
                List<Integer> own = new ArrayList<>();
                done.add(own);
                callers.add(new Thread(() -> {
                    for (int i = 0; i < pieces; i++) {
                        int number = i;
                        CompletableFuture<Void> ended = new CompletableFuture<>();
                        queue.execute(() -> {
                            collisions.addAndGet(running.getAndIncrement());
                            own.add(number);
                            running.getAndDecrement();
                            ended.complete(null);
                        });
                        if (i % 3 == 0) {
                            queue.help(ended::isDone);
                            ended.join();
                        }
                    }
                }));
            }
            callers.forEach(Thread::start);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertEquals(0, collisions.get(), "pieces that ran while another did");
        for (List<Integer> own : done) {
            List<Integer> sorted = new ArrayList<>(own);
            Collections.sort(sorted);
            assertEquals(pieces, own.size());
            assertEquals(sorted, own);
        }
    }

    @Test
    void whoWaitsDoesWhatIsNotBegun() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Thread caller = Thread.currentThread();
        AtomicBoolean byCaller = new AtomicBoolean();
        try (InOrder queue = new InOrder("in-order-test")) {
            queue.execute(() -> {
                begun.countDown();
                awaitQuietly(go);
                ran.incrementAndGet();
            });
            begun.await();
            queue.help(() -> false); // another thread has its turn
            assertEquals(0, ran.get());
            go.countDown();
            while (ran.get() == 0) {
                Thread.onSpinWait(); // on a busy machine the other thread wakes late
            }
            long start = System.nanoTime();
            while (!byCaller.get() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30)) {
                queue.execute(() -> byCaller.compareAndSet(false, Thread.currentThread() == caller));
                queue.help(() -> false);
            }
            assertTrue(byCaller.get());
        }
    }

    /** Work may queue more and close, and is not overtaken by what it has queued. */
    @Test
    void itsOwnWorkNeitherHelpsNorWaits() {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        InOrder queue = new InOrder("in-order-test");
        CompletableFuture<Void> ran = new CompletableFuture<>();
        queue.execute(() -> {
            queue.execute(() -> order.add(2));
            queue.help(() -> false);
            order.add(1);
            queue.close();
            ran.complete(null);
        });
        ran.join();
        queue.close();
        assertEquals(List.of(1, 2), order);
        assertThrows(RejectedExecutionException.class, () -> queue.execute(() -> order.add(3)));
        assertEquals(2, order.size());
    }

    @Test
    void closingWaitsForAThreadThatHelps() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            InOrder queue = new InOrder("in-order-test");
            AtomicInteger ended = new AtomicInteger();
            for (int piece = 0; piece < 3; piece++) {
                queue.execute(() -> {
                    Thread.yield();
                    ended.incrementAndGet();
                });
            }
            Thread helper = new Thread(() -> queue.help(() -> ended.get() == 3));
            helper.start();
            queue.close();
            assertEquals(3, ended.get());
            helper.join();
        }
    }

    @Test
    void keepsTheInterruptOfWhoCloses() {
        InOrder queue = new InOrder("in-order-test");
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        queue.execute(() -> ran.complete(Thread.currentThread()));
        Thread.currentThread().interrupt();
        queue.close();
        assertTrue(Thread.interrupted());
        assertTrue(ran.isDone());
        assertSame("in-order-test", ran.join().getName());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
