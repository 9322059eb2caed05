package io.github.attention4j.internal.java.threads;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;

/**
 * The threads of one engine. A caller brings a number of items, works on them itself, and is helped by the threads that
 * are free; several callers at once share the helpers.
 */
public final class Threads implements AutoCloseable {
    /**
     * How long a thread that waits looks for what it waits for before it sleeps: a few times as long as it takes to
     * wake.
     */
    private static final long WARM_NANOS = 100_000;

    /** The part of the time to wake a thread that one which looks for work takes to find it (Zen 5). */
    private static final double HANDED_OVER = 0.1;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final int threads;
    private final long warmNanos;
    private final ExecutorService helpers;

    /** When the last work ended. */
    private volatile long lastEnd = System.nanoTime() - WARM_NANOS;

    /** @param threads how many work at once for one caller, the caller included */
    public Threads(int threads) {
        this.threads = threads;
        int number = NUMBER.incrementAndGet();
        AtomicInteger helper = new AtomicInteger();
        // Where there are more threads than processors, one that looks takes the processor from one that works.
        warmNanos = threads <= Runtime.getRuntime().availableProcessors() ? WARM_NANOS : 0;
        int most = Math.max(1, threads - 1);
        helpers = new ThreadPoolExecutor(most, most, 0, TimeUnit.SECONDS, new WarmQueue(warmNanos), task -> {
            Thread thread = new Thread(task, "attention4j-java-" + number + "-" + helper.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    public int count() {
        return threads;
    }

    /** What one thread does: it takes items until there are no more. */
    public interface Work {
        /** @param next the next item, or −1 when there is none left */
        void run(IntSupplier next);
    }

    /**
     * One thread's part of several calls of as many items each, the items of the first in front: what it needs for a
     * call is made when it comes to its first item of it.
     *
     * @param items of each call
     * @param ofCall what does an item of the call with this number, counted within the call
     */
    public static void runCalls(IntSupplier next, int items, IntFunction<IntConsumer> ofCall) {
        int last = -1;
        IntConsumer work = null;
        for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
            if (item / items != last) {
                last = item / items;
                work = ofCall.apply(last);
            }
            work.accept(item - last * items);
        }
    }

    /**
     * Runs the items 0 to {@code items - 1}, begun in this order, and returns when all are done.
     *
     * @throws RuntimeException what the work threw first; the items not yet begun are then left out
     */
    public void run(int items, Work work) {
        Job job = new Job(items, work);
        try {
            for (int i = 1; i < Math.min(threads, items); i++) {
                helpers.execute(job::help);
            }
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("engine is closed", e);
        } finally {
            job.finish(warmNanos);
            lastEnd = System.nanoTime();
        }
    }

    /**
     * Likewise, on the caller's thread alone where it is over before another thread would help.
     *
     * @param size of the work, against one that takes about as long as to wake a thread
     */
    public void run(int items, double size, Work work) {
        boolean areWarm = System.nanoTime() - lastEnd < warmNanos;
        if (size >= 1 || areWarm && size >= HANDED_OVER) {
            run(items, work);
        } else {
            runAlone(items, work);
            lastEnd = System.nanoTime(); // helpers sleep, but of calls so soon one after the other the next wakes them
        }
    }

    /** Runs the items on the caller's thread alone. */
    public static void runAlone(int items, Work work) {
        new Job(items, work).finish(0);
    }

    /** Waits for running work and ends the threads. */
    @Override
    public void close() {
        helpers.shutdown();
        awaitEnd(helpers);
    }

    /** Waits for all work of threads that take no more, and keeps an interrupt for later. */
    static void awaitEnd(ExecutorService threads) {
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.HOURS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true; // work that writes to the caller's arrays must end first
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Job {
        private final int items;
        private final Work work;
        private final AtomicInteger next = new AtomicInteger();
        private volatile int working;
        private boolean over;
        private Throwable failure;

        Job(int items, Work work) {
            this.items = items;
            this.work = work;
        }

        /** The helpers' part; one that comes late finds the job over. */
        void help() {
            synchronized (this) {
                if (over) {
                    return;
                }
                working++;
            }
            work();
            synchronized (this) {
                working--;
                notifyAll();
            }
        }

        /** The caller's part. */
        void finish(long warmNanos) {
            work();
            boolean interrupted = false;
            synchronized (this) {
                over = true;
            }
            long start = System.nanoTime();
            while (working > 0 && System.nanoTime() - start < warmNanos) {
                Thread.onSpinWait();
            }
            synchronized (this) {
                while (working > 0) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }

        private void work() {
            try {
                work.run(this::next);
            } catch (Throwable e) {
                synchronized (this) {
                    failure = failure == null ? e : failure;
                }
                next.set(items);
            }
        }

        private int next() {
            int item = next.get() < items ? next.getAndIncrement() : items;
            return item < items ? item : -1;
        }
    }
}
