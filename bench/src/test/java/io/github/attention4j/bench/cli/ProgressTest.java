package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void whatIsLeftIsForetoldByWhatIsDone() {
        assertEquals(90, Progress.seconds(30 * SECOND, 5, 20), 1e-9);
        assertEquals(0, Progress.seconds(30 * SECOND, 21, 20));
    }

    @Test
    void nothingIsForetoldFromLittle() {
        assertEquals(Double.NaN, Progress.seconds(30 * SECOND, 0, 20));
        assertEquals(Double.NaN, Progress.seconds(SECOND, 5, 20));
    }
}
