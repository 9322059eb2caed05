package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.device.Quirks;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jocl.cl_command_queue;

/**
 * The queues of closed streams, each of which the driver gets back when it has been left alone for as long as
 * {@link Quirks#queueMillis} says. Only whoever closes the engine waits for that, and for all of them together.
 */
class ClosedQueues implements AutoCloseable {
    private final long pauseNanos;
    private final Object about;
    private final ArrayDeque<Closed> waiting = new ArrayDeque<>();
    private boolean closed;

    private record Closed(cl_command_queue queue, long atNanos) {}

    /**
     * None yet.
     *
     * @param millis how long each is left alone
     * @param about names the device in a message
     */
    ClosedQueues(int millis, Object about) {
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(millis);
        this.about = about;
    }

    /** Takes over a queue that was finished, and releases those that have been left alone long enough. */
    synchronized void add(cl_command_queue queue) {
        waiting.add(new Closed(queue, System.nanoTime()));
        releaseThose(closed);
    }

    /** Releases all, when they may be; those that a stream in use hands over later, at once when they may be. */
    @Override
    public synchronized void close() {
        closed = true;
        releaseThose(true);
    }

    private void releaseThose(boolean waitsForThem) {
        Failures failures = new Failures();
        while (!waiting.isEmpty()) {
            long left = pauseNanos - (System.nanoTime() - waiting.peek().atNanos());
            if (left > 0 && !waitsForThem) {
                break;
            } else if (left > 0) {
                LockSupport.parkNanos(left); // an interrupt must not shorten it
            } else {
                try {
                    release(waiting.remove().queue());
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            }
        }
        failures.throwFirst();
    }

    /** Gives a queue back to the driver. */
    void release(cl_command_queue queue) {
        Release.queue(queue, about);
    }
}
