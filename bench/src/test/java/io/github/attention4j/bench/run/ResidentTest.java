package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ResidentTest {
    private static final int BYTES = 64 << 20;
    private static final int PAGE = 4096;
    private static final int TRIES = 5;

    /**
     * More than the kernel's counters are off by. The JVM may give memory back meanwhile, after a collection say, so
     * there are some tries.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryThatIsTouchedIsSeen() {
        List<ByteBuffer> touched = new ArrayList<>(); // all kept, so that no try gets pages of an earlier one
        List<String> seen = new ArrayList<>();
        boolean isSeen = false;
        while (!isSeen && touched.size() < TRIES) {
            boolean reset = Resident.resetPeak();
            long now = Resident.now();
            long peak = reset ? Resident.peak() : now;
            touched.add(touched());
            long moreNow = Resident.now() - now;
            long morePeak = Resident.peak() - peak;
            seen.add(moreNow + " bytes more, and " + morePeak + " at the peak");
            isSeen = now > 0 && moreNow > BYTES / 2 && morePeak > BYTES / 2;
        }
        assertTrue(isSeen, BYTES + " bytes were touched, but seen were " + seen);
        touched.forEach(buffer -> assertEquals(1, buffer.get(BYTES - PAGE)));
    }

    /** Memory from outside the heap, which is nobody else's and has not been there before. */
    private static ByteBuffer touched() {
        ByteBuffer fresh = ByteBuffer.allocateDirect(BYTES);
        for (int at = 0; at < BYTES; at += PAGE) {
            fresh.put(at, (byte) 1);
        }
        return fresh;
    }
}
