package io.github.attention4j.internal.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps the JVM collecting garbage until it is closed, with threads that each collection has to stop. */
final class ConstantCollections implements AutoCloseable {
    private final AtomicBoolean done = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    /** With so many threads that compute meanwhile. */
    ConstantCollections(int computing) {
        for (int i = 0; i < computing; i++) {
            threads.add(new Thread(this::compute, "stopped by every collection"));
        }
        threads.add(new Thread(this::collect, "collecting"));
        threads.forEach(Thread::start);
    }

    private void compute() {
        double[] numbers = new double[100_000];
        while (!done.get()) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = numbers[i] * 0.5 + i;
            }
        }
    }

    private void collect() {
        while (!done.get()) {
            System.gc();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        done.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while a thread ends", e);
            }
        }
    }
}
