package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.kernel.KernelSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The exchange between work-items by itself; tiles that use it are tested with all others. */
@Tag("opencl")
@Tag("oclgrind")
class ShuffleKernelTest {
    private static final int ITEMS = 32;
    private static final int WORKS = 1 << 16;

    @Test
    void theEmulationReachesTheItemThatTheMaskNames() {
        for (int mask : new int[] {1, 2, 4, 8, 15}) {
            int[] found = run(Shuffle.EMULATED, mask);
            for (int item = 0; item < ITEMS; item++) {
                assertEquals((item ^ mask) | WORKS, found[item], "item " + item + ", mask " + mask);
            }
        }
    }

    @Test
    void withoutAnExchangeTheKernelIsToldSo() {
        int[] found = run(Shuffle.NONE, 1);
        for (int item = 0; item < ITEMS; item++) {
            assertEquals(item, found[item], "item " + item);
        }
    }

    private static int[] run(Shuffle shuffle, int mask) {
        String options = "-cl-std=CL1.2 -D ITEMS=" + ITEMS + " -D ITEMS_X=16 -D MASK=" + mask + " -D SHUFFLE="
                + shuffle.ordinal();
        try (RawDevice device = new RawDevice()) {
            return device.run(KernelSource.of("shuffle_probe"), options, "shuffle_probe", ITEMS);
        }
    }
}
