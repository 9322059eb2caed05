package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.jocl.cl_command_queue;
import org.junit.jupiter.api.Test;

/**
 * A driver that uses a queue for a while after its last command gets it back after that, and nobody waits for nothing.
 */
class ClosedQueuesTest {
    private static final int HOUR = 3_600_000;
    private static final int MOMENT = 20;
    private static final long MOMENT_NANOS = MOMENT * 1_000_000L;

    private final List<cl_command_queue> released = new ArrayList<>();
    private final cl_command_queue first = new cl_command_queue();
    private final cl_command_queue second = new cl_command_queue();

    /** Notes what would be released. */
    private ClosedQueues queues(int millis) {
        return new ClosedQueues(millis, "a device") {
            @Override
            void release(cl_command_queue queue) {
                released.add(queue);
            }
        };
    }

    /** In this order: queues are compared by their handles, which are the same here. */
    private void assertReleased(cl_command_queue... expected) {
        assertEquals(expected.length, released.size());
        for (int i = 0; i < expected.length; i++) {
            assertSame(expected[i], released.get(i));
        }
    }

    @Test
    void aDriverThatIsThroughGetsAQueueAtOnce() {
        queues(0).add(first);
        assertReleased(first);
    }

    @Test
    void aStreamClosesWithoutWaiting() {
        ClosedQueues queues = queues(HOUR);
        queues.add(first);
        queues.add(second);
        assertReleased();
    }

    @Test
    void theNextStreamReleasesTheQueuesOfThoseBefore() throws Exception {
        ClosedQueues queues = queues(MOMENT);
        queues.add(first);
        Thread.sleep(MOMENT + 1);
        queues.add(second);
        assertSame(first, released.get(0));
    }

    @Test
    void anEngineWaitsForAllTogether() {
        ClosedQueues queues = queues(MOMENT);
        long before = System.nanoTime();
        queues.add(first);
        queues.add(second);
        queues.close();
        assertReleased(first, second);
        assertTrue(System.nanoTime() - before >= MOMENT_NANOS);
    }

    @Test
    void aStreamThatOutlivesItsEngineWaits() {
        ClosedQueues queues = queues(MOMENT);
        queues.close();
        long before = System.nanoTime();
        queues.add(first);
        assertReleased(first);
        assertTrue(System.nanoTime() - before >= MOMENT_NANOS);
    }

    @Test
    void anInterruptShortensNothing() {
        ClosedQueues queues = queues(MOMENT);
        long before = System.nanoTime();
        queues.add(first);
        Thread.currentThread().interrupt();
        queues.close();
        assertTrue(Thread.interrupted(), "it is not swallowed");
        assertTrue(System.nanoTime() - before >= MOMENT_NANOS);
    }

    @Test
    void aRefusalKeepsNoOther() {
        ClosedQueues queues = new ClosedQueues(MOMENT, "a device") {
            @Override
            void release(cl_command_queue queue) {
                released.add(queue);
                throw new DeviceException("refused");
            }
        };
        queues.add(first);
        queues.add(second);
        assertThrows(DeviceException.class, queues::close);
        assertReleased(first, second);
    }
}
