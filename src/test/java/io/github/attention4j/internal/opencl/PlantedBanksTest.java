package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs accesses to memory whose cost is known. Where {@code native-test/run --stage banks} counts, it must count
 * exactly that of them; here it is only seen that the kernel does what it says.
 */
@Tag("opencl")
class PlantedBanksTest {
    private static final String FILE = "planted_banks.cl";
    private static final int WARP = 32;

    @Test
    void theKernelReadsWhatItSays() throws IOException {
        int[] expected = IntStream.range(0, WARP)
                .map(lane -> lane % 8 == 0 ? lane / 8 : sum(lane))
                .toArray();
        try (RawDevice device = new RawDevice()) {
            assertArrayEquals(expected, device.run(source(), "", "planted_banks", WARP));
        }
    }

    private static int sum(int lane) {
        return lane * 2 % WARP + lane + 5 + lane * 2 % WARP;
    }

    /** The kernel, told its own name so that reports point into the file. */
    private static String source() throws IOException {
        try (InputStream in = PlantedBanksTest.class.getResourceAsStream(FILE)) {
            assertNotNull(in, FILE);
            return "#line 1 \"" + FILE + "\"\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
