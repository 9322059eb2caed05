package io.github.attention4j.bench.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import org.junit.jupiter.api.Test;

class Bits16Test {
    @Test
    void numbersThatThePublicDefinitionsName() {
        assertEquals(1f, Bits16.value(DType.F16, (short) 0x3c00));
        assertEquals(-2f, Bits16.value(DType.F16, (short) 0xc000));
        assertEquals(65504f, Bits16.value(DType.F16, (short) 0x7bff), "the largest");
        assertEquals(0x1p-24f, Bits16.value(DType.F16, (short) 1), "the smallest");
        assertEquals(Float.NEGATIVE_INFINITY, Bits16.value(DType.F16, (short) 0xfc00));
        assertEquals(Float.NaN, Bits16.value(DType.F16, (short) 0x7c01));
        assertEquals(1f, Bits16.value(DType.BF16, (short) 0x3f80));
        assertEquals(-3.140625f, Bits16.value(DType.BF16, (short) 0xc049));
        assertThrows(IllegalArgumentException.class, () -> Bits16.value(DType.F32, (short) 0));
    }

    @Test
    void theLibraryMeansTheSameByAllBits() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertEquals(Half.fromF16((short) bits), Bits16.value(DType.F16, (short) bits));
            assertEquals(Half.fromBf16((short) bits), Bits16.value(DType.BF16, (short) bits));
        }
    }
}
