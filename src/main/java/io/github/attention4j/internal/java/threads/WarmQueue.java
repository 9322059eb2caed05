package io.github.attention4j.internal.java.threads;

import java.util.concurrent.LinkedBlockingQueue;

/**
 * A queue whose takers look for work for a moment before they sleep: to wake a thread takes as long as a small call,
 * and small calls come one after the other.
 */
final class WarmQueue extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1;

    private final long nanos;

    /** @param nanos how long they look */
    WarmQueue(long nanos) {
        this.nanos = nanos;
    }

    @Override
    public Runnable take() throws InterruptedException {
        Runnable first = poll();
        for (long start = System.nanoTime(); first == null && System.nanoTime() - start < nanos; first = poll()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Thread.onSpinWait();
        }
        return first != null ? first : super.take();
    }
}
