package io.github.attention4j.internal.java;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.threads.InOrder;
import io.github.attention4j.internal.java.threads.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** An in-order queue, see {@link InOrder}. Work that fails does not keep later work from running. */
final class JavaStream implements Stream, Queue {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final JavaBackend backend;
    private final InOrder queue = new InOrder("attention4j-stream-" + NUMBER.incrementAndGet());
    private final AtomicReference<DeviceException> failure = new AtomicReference<>();
    private volatile boolean closed;

    JavaStream(JavaBackend backend) {
        this.backend = backend;
    }

    /** A queued call: its end, and how long it ran. */
    static final class Task {
        private final JavaStream stream;
        /** Completes when the work is done; with a {@link DeviceException} if it failed. */
        final CompletableFuture<Void> done = new CompletableFuture<>();

        /** To be read when done. */
        long nanos;

        Task(JavaStream stream) {
            this.stream = stream;
        }

        void requireOpen() {
            stream.backend.requireOpen();
        }

        /** Whether it has ended; who asks does not wait, so what is not begun yet begins now. */
        boolean isDone() {
            stream.queue.start();
            return done.isDone();
        }

        /** Waits for the end; what is not begun yet this thread does itself. */
        void await() {
            stream.queue.help(done::isDone);
            JavaEvent.await(done);
        }
    }

    /** The stream as one of this engine's. */
    static JavaStream of(Stream stream, JavaBackend backend) {
        if (stream == null) {
            throw new NullPointerException("stream");
        }
        if (!(stream instanceof JavaStream own) || own.backend != backend) {
            throw new IllegalArgumentException(
                    "the stream belongs to another engine than the plan or tensor it is used with;"
                            + " use a stream made by newStream() of the same engine");
        }
        own.requireOpen();
        return own;
    }

    /** Queues work whose failure {@link #finish} will report. */
    Task submit(Runnable work) {
        return submit(work, queue::execute);
    }

    /** Likewise, and has it begin now. */
    Task submitLong(Runnable work) {
        Task task = submit(work);
        queue.start();
        return task;
    }

    private Task submit(Runnable work, Consumer<Runnable> way) {
        requireOpen();
        Task task = new Task(this);
        try {
            way.accept(() -> run(task, work));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("stream is closed", e);
        }
        return task;
    }

    @Override
    public void execute(Runnable work) {
        submit(work);
    }

    private void run(Task task, Runnable work) {
        long start = System.nanoTime();
        DeviceException problem = null;
        try {
            work.run();
        } catch (Throwable e) {
            problem = new DeviceException("the work failed on the Java thread that ran it: " + e, e);
            failure.compareAndSet(null, problem);
        }
        task.nanos = System.nanoTime() - start;
        if (problem == null) {
            task.done.complete(null);
        } else {
            task.done.completeExceptionally(problem);
        }
    }

    @Override
    public void runAndWait(Runnable work) {
        submit(work, queue::add).await();
    }

    @Override
    public void flush() {
        requireOpen();
        queue.start();
    }

    @Override
    public void finish() {
        runAndWait(() -> {});
        DeviceException first = failure.getAndSet(null);
        if (first != null) {
            throw first;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("stream is closed");
        }
        backend.requireOpen();
    }

    @Override
    public void close() {
        closed = true;
        queue.close();
        backend.forget(this); // not before its work is done: an engine that closes meanwhile must wait for that too
    }
}
