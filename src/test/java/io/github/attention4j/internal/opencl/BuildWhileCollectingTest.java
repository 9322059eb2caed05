package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Kernels build while the JVM collects garbage. The JVM stops its threads by a page fault, SIGSEGV; a driver that compiles with LLVM in this process
 * takes SIGSEGV for its own crash and deletes the files it is writing, or worse. On PoCL 3.1 this test fails, or ends the JVM, unless
 * libjsig keeps the signals apart, as pom.xml sees to.
 */
@Tag("opencl")
class BuildWhileCollectingTest {
    private static final int BUILDS = 3;

    @Test
    void everyKernelIsBuiltAndRight() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        Thread stopped = new Thread(() -> compute(done), "stopped by every collection");
        Thread collecting = new Thread(() -> collect(done), "collecting");
        stopped.start();
        collecting.start();
        try (RawDevice device = new RawDevice()) {
            for (int i = 0; i < BUILDS; i++) {
                int number = (int) System.nanoTime(); // a kernel that no cache knows
                String source = "__kernel void fill(__global int *out) { out[get_global_id(0)] = " + number + "; }";
                assertArrayEquals(new int[] {number, number}, device.run(source, "", "fill", 2));
            }
        } finally {
            done.set(true);
            collecting.join();
            stopped.join();
        }
    }

    private static void compute(AtomicBoolean done) {
        double[] numbers = new double[100_000];
        while (!done.get()) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = numbers[i] * 0.5 + i;
            }
        }
    }

    private static void collect(AtomicBoolean done) {
        while (!done.get()) {
            System.gc();
            Thread.yield();
        }
    }
}
