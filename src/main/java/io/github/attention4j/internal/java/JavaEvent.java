package io.github.attention4j.internal.java;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The end of one queued call. There is nothing native in it, but after close it may not be used, as anywhere. */
final class JavaEvent implements Event {
    private final JavaStream.Task task;
    private volatile boolean closed;

    JavaEvent(JavaStream.Task task) {
        this.task = task;
    }

    @Override
    public void await() {
        requireOpen();
        task.await();
    }

    static void await(CompletableFuture<Void> done) {
        try {
            done.join();
        } catch (CompletionException e) {
            DeviceException failure = (DeviceException) e.getCause();
            // Thrown anew, so that the trace shows who waited; the cause shows what failed.
            throw new DeviceException(failure.getMessage(), failure.getCause());
        }
    }

    @Override
    public boolean isDone() {
        requireOpen();
        return task.isDone();
    }

    /**
     * A future of its own, which the caller may complete or cancel without harm to others. What depends on it runs off
     * the stream's thread, which must be free to end when an engine is closed there.
     */
    @Override
    public CompletableFuture<Void> toFuture() {
        requireOpen();
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (task.isDone()) {
            task.done.whenComplete((nothing, failure) -> complete(future, failure));
        } else {
            task.done.whenComplete(
                    (nothing, failure) -> future.defaultExecutor().execute(() -> complete(future, failure)));
        }
        return future;
    }

    private static void complete(CompletableFuture<Void> future, Throwable failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }

    @Override
    public long deviceNanos() {
        await();
        return task.nanos;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("event is closed");
        }
        task.requireOpen();
    }

    @Override
    public void close() {
        closed = true;
    }
}
