package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void anArrayHasAnElementForEachUnitOfARow() {
        for (DType type : DType.values()) {
            int units = type.units(9);
            assertEquals((9 * type.bits() + 8 * type.bytes() - 1) / (8 * type.bytes()), units, type + "");
            Object array = Array.newInstance(type.arrayType().componentType(), units);
            long bits = 8L * type.bytes();
            Object first = Array.get(array, 0);
            int size = first instanceof Byte ? 8 : first instanceof Short ? 16 : 32;
            assertEquals(size, bits, type + "");
        }
        assertThrows(IllegalArgumentException.class, () -> DType.F32.units(0));
    }

    @Test
    void quantisedTypesHaveScales() {
        assertEquals(EnumSet.of(DType.F32, DType.F16, DType.BF16), setOf(true, false));
        assertEquals(EnumSet.of(DType.I8, DType.I4), setOf(false, true));
        for (DType type : DType.values()) {
            assertEquals(type.isQuantised(), type.scales(1) > 0, type + "");
        }
        assertEquals(1, DType.I8.scales(1000));
        assertEquals(1, DType.I4.scales(32));
        assertEquals(2, DType.I4.scales(33));
        assertTrue(DType.F32.scales(7) == 0);
    }

    private static EnumSet<DType> setOf(boolean isFloat, boolean isQuantised) {
        EnumSet<DType> set = EnumSet.noneOf(DType.class);
        for (DType type : DType.values()) {
            if (isFloat && type.isFloat() || isQuantised && type.isQuantised()) {
                set.add(type);
            }
        }
        return set;
    }
}
