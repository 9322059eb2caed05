package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlibiSlopesTest {
    /**
     * The paper, section 3: "for models with 8 heads, the slopes that we used are the geometric sequence 1/2, 1/4, …,
     * 1/256".
     */
    @Test
    void eightHeadsHaveTheSlopesOfThePaper() {
        assertArrayEquals(
                new float[] {0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f},
                AlibiSlopes.of(8));
    }

    @Test
    void oneHeadHasTheSmallestSlope() {
        assertArrayEquals(new float[] {0.00390625f}, AlibiSlopes.of(1));
    }

    @Test
    void sixteenHeadsHaveTheHalfStepsOfThePaper() {
        float[] slopes = AlibiSlopes.of(16);
        for (int h = 0; h < 16; h++) {
            assertEquals((float) Math.pow(2, -0.5 * (h + 1)), slopes[h]);
        }
    }

    /** What the authors' get_slopes(12) gives: the eight of 8 heads, then elements 0, 2, 4 and 6 of those of 16. */
    @Test
    void twelveHeadsHaveTheSlopesOfTheAuthorsCode() {
        assertArrayEquals(
                new float[] {
                    0.5f,
                    0.25f,
                    0.125f,
                    0.0625f,
                    0.03125f,
                    0.015625f,
                    0.0078125f,
                    0.00390625f,
                    0.70710678f,
                    0.35355339f,
                    0.17677669f,
                    0.088388346f
                },
                AlibiSlopes.of(12));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 7, 20, 33, 48, 71, 112})
    void allSlopesDifferAndLieBetweenZeroAndOne(int heads) {
        float[] slopes = AlibiSlopes.of(heads);
        assertEquals(heads, slopes.length);
        for (int h = 0; h < heads; h++) {
            assertTrue(slopes[h] > 0 && slopes[h] < 1, "slope " + slopes[h]);
            for (int other = 0; other < h; other++) {
                assertTrue(slopes[h] != slopes[other], h + " and " + other);
            }
        }
    }

    @Test
    void noHeadsAreRefused() {
        assertEquals(
                "heads must be at least 1, but is 0",
                assertThrows(IllegalArgumentException.class, () -> AlibiSlopes.of(0))
                        .getMessage());
    }
}
