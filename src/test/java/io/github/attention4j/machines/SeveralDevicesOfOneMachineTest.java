package io.github.attention4j.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A machine with several OpenCL devices, which PoCL plays: a thread each, and memories that are apart. */
@Tag("opencl")
class SeveralDevicesOfOneMachineTest {
    @Test
    void threeDevicesShareACall() {
        Jvm.Result result = run(ShareOut.class, 3);
        assertEquals(2, result.out().split("3 devices, the same bits", -1).length - 1, result.toString());
        assertTrue(result.out().contains("shared out over 3 devices"), result.toString());
    }

    /** Each takes queries of both ends of a causal sequence, so that all have as much to do. */
    @Test
    void twoThreeAndFourDevicesShareASequence() {
        Jvm.Result result = run(SequenceParallel.class, 4);
        for (int count = 2; count <= 4; count++) {
            assertTrue(result.out().contains(count + " devices agree with the reference"), result.toString());
        }
        assertTrue(result.out().contains("computes queries 0 to "), result.toString());
        assertTrue(result.out().contains(" % of the work, "), result.toString());
    }

    /** PoCL's devices have other names from version 4 on. */
    private static Jvm.Result run(Class<?> program, int devices) {
        Jvm.Result result = run(program, "pthread ".repeat(devices).strip());
        if (result.exit() != 0) {
            result = run(program, "cpu ".repeat(devices).strip());
        }
        assertEquals(0, result.exit(), result.toString());
        return result;
    }

    private static Jvm.Result run(Class<?> program, String devices) {
        return new Jvm()
                .environment("POCL_DEVICES", devices)
                .environment("POCL_MAX_PTHREAD_COUNT", "1")
                .run(program);
    }
}
