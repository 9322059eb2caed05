package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When tiles may displace the planner's own. */
class GainTest {
    private static Gain gain(double ratio, double spread) {
        return new Gain("any", 1, ratio, ratio, spread);
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        // The machine is half as fast in the last two rounds, for both.
        Gain gain = Gain.of("any", new double[] {10, 10, 20, 20}, new double[] {12, 12, 24, 24});
        assertEquals(1.2, gain.ratio(), 1e-12);
        assertEquals(0, gain.spread(), 1e-12);
        assertEquals(15, gain.millis());
        assertEquals(18, gain.otherMillis());
    }

    @Test
    void theSpreadIsHalfTheDistanceOfTheQuartiles() {
        Gain gain = Gain.of("any", new double[] {1, 1, 1, 1, 1}, new double[] {0.8, 0.9, 1.0, 1.3, 9});
        assertEquals(1.0, gain.ratio(), 1e-12);
        assertEquals((1.3 - 0.9) / 2, gain.spread(), 1e-12);
    }

    @Test
    void whatTheMachinesUnrestCouldHaveDoneWinsNothing() {
        assertTrue(Gain.isWon(List.of(gain(1.08, 0.05))));
        assertFalse(Gain.isWon(List.of(gain(1.04, 0.05))));
        assertFalse(Gain.isWon(List.of(gain(1.005, 0.001))), "below what is worth a row");
        assertFalse(Gain.isWon(List.of(gain(0.8, 0.01))));
    }

    @Test
    void noShapeMayBecomeSlower() {
        assertTrue(Gain.isWon(List.of(gain(1.2, 0.02), gain(0.99, 0.02))));
        assertFalse(Gain.isWon(List.of(gain(1.5, 0.02), gain(0.9, 0.02))));
    }

    @Test
    void withoutAComparisonNothingIsWon() {
        assertFalse(Gain.isWon(List.of()));
    }
}
