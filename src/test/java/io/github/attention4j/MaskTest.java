package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {
    @Test
    void causalIsAWindowWithoutKeysAfterTheQuery() {
        assertEquals(new Mask(Mask.UNBOUNDED, 0, Mask.Alignment.BOTTOM_RIGHT), Mask.causal());
        assertEquals(Mask.window(Mask.UNBOUNDED, 0), Mask.causal());
        assertEquals(Mask.window(Mask.UNBOUNDED, 0, Mask.Alignment.TOP_LEFT), Mask.causal(Mask.Alignment.TOP_LEFT));
    }

    @Test
    void onlyNoneIsWithoutBounds() {
        assertFalse(Mask.none().isBounded());
        assertTrue(Mask.causal().isBounded());
        assertTrue(Mask.window(0, Mask.UNBOUNDED).isBounded());
        assertTrue(Mask.window(Mask.UNBOUNDED, Integer.MAX_VALUE).isBounded());
    }

    @Test
    void everyPartMakesAnotherMask() {
        assertNotEquals(Mask.window(1, 2), Mask.window(2, 1));
        assertNotEquals(Mask.window(1, 2), Mask.window(1, 2, Mask.Alignment.GIVEN));
        assertEquals(Mask.window(1, 2).hashCode(), Mask.window(1, 2).hashCode());
    }

    @ParameterizedTest
    @CsvSource({"-2, 0", "0, -2", "-2147483648, 3"})
    void refusesBoundsBelowMinusOne(int left, int right) {
        assertEquals(
                "left and right must be at least 0, or -1 for no bound, but are " + left + " and " + right,
                assertThrows(IllegalArgumentException.class, () -> Mask.window(left, right))
                        .getMessage());
    }

    @Test
    void refusesNoAlignment() {
        assertThrows(NullPointerException.class, () -> Mask.window(1, 1, null));
    }
}
