package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Kernels build while the JVM collects garbage. The JVM stops its threads by a page fault, SIGSEGV; a driver that
 * compiles with LLVM in this process takes SIGSEGV for its own crash and deletes the files it is writing, or worse. On
 * PoCL 3.1 this test fails, or ends the JVM, unless libjsig keeps the signals apart, as pom.xml sees to.
 */
@Tag("opencl")
class BuildWhileCollectingTest {
    private static final int BUILDS = 3;

    @Test
    void everyKernelIsBuiltAndRight() {
        try (ConstantCollections collections = new ConstantCollections(1);
                RawDevice device = new RawDevice()) {
            for (int i = 0; i < BUILDS; i++) {
                int number = (int) System.nanoTime(); // a kernel that no cache knows
                String source = "__kernel void fill(__global int *out) { out[get_global_id(0)] = " + number + "; }";
                assertArrayEquals(new int[] {number, number}, device.run(source, "", "fill", 2));
            }
        }
    }
}
