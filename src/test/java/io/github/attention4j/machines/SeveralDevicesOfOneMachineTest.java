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
        Jvm.Result result = run("pthread pthread pthread");
        if (result.exit() != 0) {
            result = run("cpu cpu cpu"); // as later versions call them
        }
        assertEquals(0, result.exit(), result.toString());
        assertEquals(2, result.out().split("3 devices, the same bits", -1).length - 1, result.toString());
        assertTrue(result.out().contains("shared out over 3 devices"), result.toString());
    }

    private static Jvm.Result run(String devices) {
        return new Jvm()
                .environment("POCL_DEVICES", devices)
                .environment("POCL_MAX_PTHREAD_COUNT", "1")
                .run(ShareOut.class);
    }
}
