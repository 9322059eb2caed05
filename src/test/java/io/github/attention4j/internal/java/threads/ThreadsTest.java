package io.github.attention4j.internal.java.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    private static void take(IntSupplier next, int[] taken) {
        for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
            taken[item]++;
        }
    }

    /**
     * One call after the other, so that helpers are met awake, asleep and on their way; more threads than processors.
     */
    @Test
    void everyItemIsDoneOnceWhenACallReturns() throws InterruptedException {
        for (int count : new int[] {1, 2, Runtime.getRuntime().availableProcessors() + 3}) {
            try (Threads threads = new Threads(count)) {
                for (int call = 0; call < 2_000; call++) {
                    int[] taken = new int[1 + call % 7];
                    threads.run(taken.length, next -> take(next, taken));
                    for (int times : taken) {
                        assertEquals(1, times);
                    }
                    if (call % 500 == 0) {
                        Thread.sleep(2);
                    }
                }
            }
        }
    }

    @Test
    void itemsOfSeveralCallsAreThoseOfEachAndWhatACallNeedsIsMadeOnceAThread() {
        try (Threads threads = new Threads(3)) {
            AtomicIntegerArray taken = new AtomicIntegerArray(5 * 4);
            threads.run(taken.length(), next -> {
                Set<Integer> made = new HashSet<>();
                Threads.runCalls(next, 4, call -> {
                    assertTrue(made.add(call), "made twice");
                    return item -> taken.incrementAndGet(call * 4 + item);
                });
            });
            for (int i = 0; i < taken.length(); i++) {
                assertEquals(1, taken.get(i));
            }
        }
    }

    /**
     * Of short calls the first is over before a helper is awake; those right behind it find one that looks for work.
     */
    @Test
    void shortCallsHaveHelpWhileOneFollowsTheOther() throws InterruptedException {
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        Threads.Work work = next -> {
            workers.add(Thread.currentThread());
            take(next, new int[64]);
        };
        try (Threads threads = new Threads(2)) {
            for (int call = 0; call < 50; call++) {
                threads.run(64, 0.9, work);
                Thread.sleep(2);
            }
            assertEquals(Set.of(Thread.currentThread()), workers);
            for (int call = 0; call < 10_000; call++) {
                threads.run(64, 0.01, work);
            }
            assertEquals(Set.of(Thread.currentThread()), workers, "not worth the hand-over");
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                while (workers.size() < 3) { // this thread, that of the time limit, and a helper
                    threads.run(64, 0.9, work);
                }
            });
        }
        workers.clear();
        try (Threads threads = new Threads(Runtime.getRuntime().availableProcessors() + 1)) {
            for (int call = 0; call < 10_000; call++) {
                threads.run(64, 0.9, work);
            }
        }
        assertEquals(Set.of(Thread.currentThread()), workers, "a helper that looks would take a processor");
    }

    /** A helper looks for work for a moment, and not for as long as there is none. */
    @Test
    void helpersWithoutWorkSleep() throws InterruptedException {
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        try (Threads threads = new Threads(2)) {
            for (int call = 0; workers.size() < 2; call++) {
                int[] taken = new int[4];
                threads.run(taken.length, next -> {
                    workers.add(Thread.currentThread());
                    take(next, taken);
                });
                Thread.sleep(1);
            }
            workers.remove(Thread.currentThread());
            Thread helper = workers.iterator().next();
            for (int i = 0; i < 100 && helper.getState() != Thread.State.WAITING; i++) {
                Thread.sleep(10);
            }
            assertSame(Thread.State.WAITING, helper.getState());
            long before = cpu.getThreadCpuTime(helper.getId());
            Thread.sleep(200);
            assertEquals(before, cpu.getThreadCpuTime(helper.getId()), 5e6);
        }
    }

    @Test
    void closesWhileHelpersLookForWork() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 200; i++) {
                try (Threads threads = new Threads(2)) {
                    threads.run(2, next -> take(next, new int[2]));
                }
            }
        });
    }

    @Test
    void whatTheWorkThrowsComesToTheCallerAndTheThreadsGoOn() {
        try (Threads threads = new Threads(2)) {
            for (int call = 0; call < 100; call++) {
                assertThrows(
                        IllegalStateException.class,
                        () -> threads.run(4, next -> {
                            next.getAsInt();
                            throw new IllegalStateException("no");
                        }));
                int[] taken = new int[2];
                threads.run(2, next -> take(next, taken));
                assertEquals(2, taken[0] + taken[1]);
            }
        }
    }
}
