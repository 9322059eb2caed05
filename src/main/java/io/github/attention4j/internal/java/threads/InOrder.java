package io.github.attention4j.internal.java.threads;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Runs work in the order in which it came, one piece at a time: on a thread of its own, or on one that waits for it and
 * is there sooner, since to wake a thread takes as long as a small call.
 */
public final class InOrder implements Executor, AutoCloseable {
    /**
     * How long behind the last work the thread is not woken for more, but looks for it from time to time. Whoever
     * queues a short call mostly waits for it, and so does it; a thread that wakes beside takes the processor of one
     * that computes, a quarter of the time of 64 queries and keys (Zen 5).
     */
    private static final long WARM_NANOS = 10_000_000;

    /** Between looks, which each cost as much. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Held by whoever runs work; who cannot have it leaves the work to that one, which looks once more behind it. */
    private final ReentrantLock turn = new ReentrantLock();

    private final long warmNanos;
    private final long pauseNanos;
    private final ExecutorService thread;
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private volatile Thread looking;
    private volatile long lastQueued;

    /** @param name of the thread, which starts with the first work */
    public InOrder(String name) {
        this(name, WARM_NANOS, PAUSE_NANOS);
    }

    InOrder(String name, long warmNanos, long pauseNanos) {
        this.warmNanos = warmNanos;
        this.pauseNanos = pauseNanos;
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Queues work, which must not throw. It begins within a millisecond if nobody waits for it, and at once behind
     * {@link #start} or other work.
     *
     * @throws RejectedExecutionException if this is closed
     */
    @Override
    public void execute(Runnable work) {
        boolean isFirst = waiting.isEmpty();
        add(work);
        if (!isFirst) {
            start();
        }
    }

    /**
     * Queues work for which this thread will {@link #help}.
     *
     * @throws RejectedExecutionException if this is closed
     */
    public void add(Runnable work) {
        waiting.add(work);
        lastQueued = System.nanoTime();
        if ((thread.isShutdown() || !look()) && waiting.remove(work)) {
            throw new RejectedExecutionException("closed");
        }
    }

    /** Has what is queued begin now. */
    public void start() {
        if (!waiting.isEmpty() && look()) {
            LockSupport.unpark(looking);
        }
    }

    /** Has the thread look for work, if it does not; returns whether it does. */
    private boolean look() {
        if (isLooking.compareAndSet(false, true)) {
            try {
                thread.execute(this::runWhileWarm);
            } catch (RejectedExecutionException e) {
                isLooking.set(false);
                return false;
            }
        }
        return true;
    }

    private void runWhileWarm() {
        looking = Thread.currentThread();
        try {
            runAll();
            while (System.nanoTime() - lastQueued < warmNanos && !thread.isShutdown()) {
                LockSupport.parkNanos(this, pauseNanos);
                runAll();
            }
        } finally {
            looking = null;
            isLooking.set(false);
            if (!waiting.isEmpty() && !turn.isLocked()) { // whoever has the turn looks once more behind it
                look();
            }
        }
    }

    /** Runs what is queued, unless another thread does, until something is done; not within this queue's own work. */
    public void help(BooleanSupplier isDone) {
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        while (!isDone.getAsBoolean() && runNext()) {}
        if (thread.isShutdown()) {
            runAll();
        } else {
            start();
        }
    }

    private void runAll() {
        while (runNext()) {}
    }

    /** Whether there was work and nobody else who does it. */
    private boolean runNext() {
        if (waiting.isEmpty() || !turn.tryLock()) {
            return false;
        }
        try {
            Runnable next = waiting.poll();
            if (next != null) {
                next.run();
            }
        } finally {
            turn.unlock();
        }
        return true;
    }

    /** Takes no more work, and waits for what is queued; within its own work it does not wait. */
    @Override
    public void close() {
        thread.shutdown();
        LockSupport.unpark(looking);
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        Threads.awaitEnd(thread);
        turn.lock(); // what a thread that helps has begun ends first
        try {
            runAll();
        } finally {
            turn.unlock();
        }
    }
}
