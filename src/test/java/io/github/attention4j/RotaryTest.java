package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of the rotary embedding; what engines do with them is in the test of rotate. */
class RotaryTest {
    @Test
    void tablesHoldTheAnglesOfThePaper() {
        Rotary rotary = new Rotary(6, false, 50);
        float[] cosines = rotary.cosines(10000);
        float[] sines = rotary.sines(10000);
        assertEquals(50 * 3, cosines.length);
        double[] frequency = {1, 0.046415888336127774, 0.0021544346900318843}; // 10000^0, 10000^(-1/3), 10000^(-2/3)
        for (int position = 0; position < 50; position++) {
            for (int pair = 0; pair < 3; pair++) {
                double angle = position * frequency[pair];
                assertEquals(Math.cos(angle), cosines[position * 3 + pair], 1e-7);
                assertEquals(Math.sin(angle), sines[position * 3 + pair], 1e-7);
            }
        }
    }

    @Test
    void farPositionsKeepTheirAngle() {
        Rotary rotary = new Rotary(2, false, 100_001);
        assertEquals((float) Math.sin(100_000), rotary.sines(10000)[100_000]);
    }

    @Test
    void everyPartMakesAnotherRotary() {
        Rotary rotary = new Rotary(8, false, 4);
        assertEquals(rotary, new Rotary(8, false, 4));
        assertEquals(rotary.hashCode(), new Rotary(8, false, 4).hashCode());
        assertNotEquals(rotary, new Rotary(6, false, 4));
        assertNotEquals(rotary, new Rotary(8, true, 4));
        assertNotEquals(rotary, new Rotary(8, false, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, 1, 7})
    void refusesDimsThatAreNoPairs(int dim) {
        assertEquals(
                "rotary dim must be even and at least 2, but is " + dim,
                assertThrows(IllegalArgumentException.class, () -> new Rotary(dim, false, 1))
                        .getMessage());
    }

    @Test
    void refusesTablesWithoutPositions() {
        assertEquals(
                "positions must be at least 1, but is 0",
                assertThrows(IllegalArgumentException.class, () -> new Rotary(2, false, 0))
                        .getMessage());
    }
}
