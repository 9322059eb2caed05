package io.github.attention4j.internal.java.threads;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Runs work in the order in which it came, one piece at a time: on a thread of its own, or on one that waits for it and
 * is there sooner, since to wake a thread takes as long as a small call.
 */
public final class InOrder implements Executor, AutoCloseable {
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Held by whoever runs work; who cannot have it leaves the work to that one, which looks once more behind it. */
    private final ReentrantLock turn = new ReentrantLock();

    private final ExecutorService thread;

    /** @param name of the thread, which starts with the first work */
    public InOrder(String name) {
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Queues work, which must not throw.
     *
     * @throws RejectedExecutionException if this is closed
     */
    @Override
    public void execute(Runnable work) {
        waiting.add(work);
        try {
            thread.execute(this::runAll);
        } catch (RejectedExecutionException e) {
            if (waiting.remove(work)) {
                throw e;
            }
        }
    }

    /** Runs what is queued, unless another thread does, until something is done; not within this queue's own work. */
    public void help(BooleanSupplier isDone) {
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        while (!isDone.getAsBoolean() && runNext()) {}
        if (!waiting.isEmpty()) {
            try {
                thread.execute(this::runAll);
            } catch (RejectedExecutionException e) {
                runAll();
            }
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
