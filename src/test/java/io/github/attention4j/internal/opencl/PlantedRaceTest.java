package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Proves that the race detector of {@code native-test/run} is awake: it must stay silent on a right kernel and speak up
 * on one with a barrier missing. Its report is that of the whole process, so the two run in processes of their own and
 * the script reads the reports.
 */
@Tag("opencl")
class PlantedRaceTest {
    private static final String FILE = "planted_race.cl";
    private static final int GROUP_SIZE = 8;
    private static final int[] NEIGHBOURS =
            IntStream.range(0, GROUP_SIZE).map(i -> (i + 1) % GROUP_SIZE).toArray();

    @Test
    @Tag("oclgrind")
    void aKernelWithItsBarrierIsRightAndNotReported() throws IOException {
        assertArrayEquals(NEIGHBOURS, run(true));
    }

    @Test
    @Tag("oclgrind-only")
    void aKernelWithoutItsBarrierRunsAndIsReported() throws IOException {
        // What it computes is undefined; what matters is what the detector says.
        assertEquals(GROUP_SIZE, run(false).length);
        assertArrayEquals(
                NEIGHBOURS, run(true)); // in a context of its own, for which the simulator opens its log again
    }

    private static int[] run(boolean withBarrier) throws IOException {
        String options = "-D GROUP_SIZE=" + GROUP_SIZE + " -D WITH_BARRIER=" + (withBarrier ? 1 : 0);
        try (RawDevice device = new RawDevice()) {
            return device.run(source(), options, "planted_race", GROUP_SIZE);
        }
    }

    /** The kernel, told its own name so that reports point into the file. */
    private static String source() throws IOException {
        try (InputStream in = PlantedRaceTest.class.getResourceAsStream(FILE)) {
            assertNotNull(in, FILE);
            return "#line 1 \"" + FILE + "\"\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
