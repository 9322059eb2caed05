package io.github.attention4j.internal.java.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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

    /** In the first call, soon behind others, when its thread sleeps again, with more behind it, and when told to. */
    @Test
    void whatNobodyWaitsForBeginsAllTheSame() throws Exception {
        try (InOrder queue = new InOrder("in-order-test")) {
            for (int pause : new int[] {0, 0, 3, 30, 0}) {
                Thread.sleep(pause);
                for (int more = 0; more < 3; more++) {
                    List<CompletableFuture<Void>> ended = new ArrayList<>();
                    for (int i = 0; i <= more; i++) {
                        CompletableFuture<Void> end = new CompletableFuture<>();
                        ended.add(end);
                        queue.execute(() -> end.complete(null));
                    }
                    if (more == 2) {
                        queue.start();
                    }
                    for (CompletableFuture<Void> end : ended) {
                        end.get(30, TimeUnit.SECONDS);
                    }
                }
            }
        }
    }

    /** With an hour between looks: nothing else makes it begin. */
    @Test
    void moreWorkAndWhoSaysSoMakeItBegin() throws Exception {
        long hour = TimeUnit.HOURS.toNanos(1);
        try (InOrder queue = new InOrder("in-order-test", hour, hour)) {
            CompletableFuture<Thread> cold = new CompletableFuture<>();
            queue.execute(() -> cold.complete(Thread.currentThread()));
            Thread thread = cold.get(30, TimeUnit.SECONDS);
            for (boolean saysSo : new boolean[] {true, false, true}) {
                for (int i = 0; i < 1000 && thread.getState() != Thread.State.TIMED_WAITING; i++) {
                    Thread.sleep(10);
                }
                AtomicInteger ran = new AtomicInteger();
                CompletableFuture<Void> last = new CompletableFuture<>();
                queue.execute(ran::incrementAndGet);
                Thread.sleep(20);
                assertEquals(0, ran.get(), "pieces begun though nobody waits");
                if (saysSo) {
                    queue.add(() -> last.complete(null));
                    queue.start();
                } else {
                    queue.execute(() -> last.complete(null));
                }
                last.get(30, TimeUnit.SECONDS);
                assertEquals(1, ran.get());
            }
        }
    }

    /** A long piece on a thread that helps, with another behind it, is not a reason to look without a pause. */
    @Test
    void itsThreadSleepsWhileAnotherHelps() throws Exception {
        CompletableFuture<Thread> own = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Void> last = new CompletableFuture<>();
        try (InOrder queue = new InOrder("in-order-test")) {
            queue.execute(() -> own.complete(Thread.currentThread()));
            Thread thread = own.get(30, TimeUnit.SECONDS);
            CountDownLatch begun = new CountDownLatch(1);
            Thread helper = new Thread(() -> {
                AtomicBoolean ran = new AtomicBoolean();
                while (!ran.get()) { // the other thread may be the sooner one
                    CompletableFuture<Void> ended = new CompletableFuture<>();
                    queue.add(() -> {
                        ran.set(Thread.currentThread() != thread);
                        if (ran.get()) {
                            begun.countDown();
                            awaitQuietly(go);
                        }
                        ended.complete(null);
                    });
                    queue.help(ended::isDone);
                    ended.join();
                }
            });
            helper.start();
            begun.await();
            queue.execute(() -> last.complete(null));
            Thread.sleep(100); // its look around is over
            ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
            long before = cpu.getThreadCpuTime(thread.getId());
            Thread.sleep(200);
            long after = cpu.getThreadCpuTime(thread.getId());
            go.countDown();
            last.get(30, TimeUnit.SECONDS);
            helper.join();
            assertEquals(before, after, 20e6);
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
