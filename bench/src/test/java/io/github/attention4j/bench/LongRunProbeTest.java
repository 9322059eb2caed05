package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.decode.LongRun;
import io.github.attention4j.bench.decode.LongRun.Growth;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongRunProbeTest {
    @Test
    void aFreshJvmTellsWhatGrew() throws IOException {
        List<Growth> growths = LongRunProbe.run("java", 50, List.of());
        assertEquals(1, growths.size());
        Growth growth = growths.get(0);
        assertEquals("java", growth.device());
        assertEquals(50, growth.steps());
        assertEquals(0, growth.natives());
        assertEquals(0, growth.error(), LongRun.TOLERANCE);
        assertTrue(growth.heapBytes() > 0, growth.sentence());
    }

    @Test
    void aRunThatFailsIsSeen() {
        assertThrows(IllegalStateException.class, () -> LongRunProbe.run("gpu:99", 50, List.of()));
    }
}
