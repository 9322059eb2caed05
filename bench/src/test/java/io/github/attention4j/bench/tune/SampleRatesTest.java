package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which families are not worth tuning. */
class SampleRatesTest {
    private final SampleRates rates = new SampleRates();

    private static TuningTarget target(KernelFamily family, int headDim) {
        return new TuningTarget(family, DType.F16, headDim, List.of(), "a test");
    }

    @Test
    void familiesAreComparedOnTheSameShortProblem() {
        // As on a large GPU: 16 short heads do not fill it, with 64 columns or 128; what long ones reach later is
        // another matter.
        rates.take(target(KernelFamily.MATRIX, 64), each -> 9000);
        rates.take(target(KernelFamily.MATRIX, 128), each -> 6472);
        rates.take(target(KernelFamily.TILES, 64), each -> 3000);
        rates.take(target(KernelFamily.LANES, 64), each -> 20);
        assertTrue(rates.obstacle(target(KernelFamily.MATRIX, 128)).isEmpty());
        assertTrue(rates.obstacle(target(KernelFamily.TILES, 64)).isEmpty());
        String slow = rates.obstacle(target(KernelFamily.LANES, 64)).orElseThrow();
        assertTrue(slow.startsWith("20.00 GFLOP/s beside 9000.0"), slow);
    }

    @Test
    void aFamilyThatCannotRunSaysSoWhenItsTurnComes() {
        rates.take(target(KernelFamily.MATRIX, 64), each -> {
            throw new UnsupportedOperationException("no such unit");
        });
        rates.take(target(KernelFamily.TILES, 64), each -> 1);
        assertTrue(rates.obstacle(target(KernelFamily.TILES, 64)).isEmpty());
        UnsupportedOperationException refusal =
                assertThrows(UnsupportedOperationException.class, () -> rates.of(target(KernelFamily.MATRIX, 64)));
        assertEquals("no such unit", refusal.getMessage());
    }
}
