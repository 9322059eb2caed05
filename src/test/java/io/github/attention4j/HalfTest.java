package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.math.BigDecimal;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All 65,536 patterns of both 16-bit types, and every boundary of rounding between two of them. */
class HalfTest {
    private static final int PATTERNS = 1 << 16;

    /** Fraction bits. */
    private static int fraction(DType type) {
        return type == DType.F16 ? 10 : 7;
    }

    private static int bias(DType type) {
        return type == DType.F16 ? 15 : 127;
    }

    private static int infinity(DType type) {
        return 0x7fff >> fraction(type) << fraction(type);
    }

    /** The number of a finite pattern by the formula of IEEE 754: (−1)^sign · significand · 2^exponent. */
    private static BigDecimal definition(DType type, int pattern) {
        int fraction = fraction(type);
        int magnitude = pattern & 0x7fff;
        int exponent = magnitude >> fraction;
        int significand = magnitude & (1 << fraction) - 1;
        if (exponent > 0) {
            significand |= 1 << fraction;
        }
        int power = Math.max(exponent, 1) - bias(type) - fraction;
        BigDecimal two = BigDecimal.valueOf(2);
        BigDecimal scale = power >= 0 ? two.pow(power) : BigDecimal.ONE.divide(two.pow(-power));
        BigDecimal number = BigDecimal.valueOf(significand).multiply(scale);
        return pattern > 0x7fff ? number.negate() : number;
    }

    private static float decode(DType type, int pattern) {
        return type == DType.F16 ? Half.fromF16((short) pattern) : Half.fromBf16((short) pattern);
    }

    private static int encode(DType type, float value) {
        return (type == DType.F16 ? Half.toF16(value) : Half.toBf16(value)) & 0xffff;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void everyPatternIsTheNumberOfItsDefinition(DType type) {
        int finite = 0;
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            float decoded = decode(type, pattern);
            int magnitude = pattern & 0x7fff;
            if (magnitude < infinity(type)) {
                assertEquals(0, definition(type, pattern).compareTo(new BigDecimal(decoded)), "pattern " + pattern);
                assertEquals(pattern > 0x7fff, Float.floatToRawIntBits(decoded) < 0, "sign of pattern " + pattern);
                finite++;
            } else if (magnitude == infinity(type)) {
                assertEquals(
                        pattern > 0x7fff ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY,
                        decoded,
                        "pattern " + pattern);
            } else {
                assertTrue(Float.isNaN(decoded), "pattern " + pattern);
            }
        }
        assertEquals(2 * infinity(type), finite);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void everyPatternComesBackFromItsFloat(DType type) {
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            int back = encode(type, decode(type, pattern));
            if ((pattern & 0x7fff) <= infinity(type)) {
                assertEquals(pattern, back);
            } else {
                assertTrue((back & 0x7fff) > infinity(type), "pattern " + pattern + " is NaN and became " + back);
                assertEquals(pattern & 0x8000, back & 0x8000, "sign of the NaN " + pattern);
            }
        }
    }

    /**
     * The midpoint of two neighbours is a float; so are the floats next to it, which show on which side it is rounded.
     */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void roundsToTheNearestAndTiesToEven(DType type) {
        for (int sign : new int[] {0, 0x8000}) {
            for (int pattern = 0; pattern < infinity(type); pattern++) {
                double low = decode(type, pattern);
                boolean last = pattern + 1 == infinity(type);
                // Beyond the largest number lies, for rounding, what would come next if exponents went on.
                double high = last ? Math.scalb(1.0, bias(type) + 1) : decode(type, pattern + 1);
                float middle = (float) ((low + high) / 2);
                assertEquals((low + high) / 2, middle, 0, "the midpoint is a float");
                float side = sign == 0 ? 1 : -1;
                int even = pattern % 2 == 0 ? pattern : pattern + 1;
                assertEquals(sign | even, encode(type, side * middle), "midpoint above " + pattern);
                assertEquals(sign | pattern, encode(type, side * Math.nextDown(middle)), "below the midpoint");
                assertEquals(sign | pattern + 1, encode(type, side * Math.nextUp(middle)), "above the midpoint");
                if (!last && Float.floatToRawIntBits((float) high) - Float.floatToRawIntBits((float) low) > 2) {
                    assertEquals(sign | pattern, encode(type, side * Math.nextUp((float) low)));
                    assertEquals(sign | pattern + 1, encode(type, side * Math.nextDown((float) high)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void infinitiesAndHugeNumbersAreInfinite(DType type) {
        assertEquals(infinity(type), encode(type, Float.POSITIVE_INFINITY));
        assertEquals(infinity(type) | 0x8000, encode(type, Float.NEGATIVE_INFINITY));
        assertEquals(infinity(type), encode(type, Float.MAX_VALUE));
        assertEquals(infinity(type) | 0x8000, encode(type, -Float.MAX_VALUE));
        assertEquals(0, encode(type, Float.MIN_VALUE));
        assertEquals(0x8000, encode(type, -Float.MIN_VALUE));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void everyNanStaysNanWithItsSign(DType type) {
        for (int payload = 1; payload < 0x80_0000; payload *= 2) {
            for (int sign : new int[] {0, 0x8000_0000}) {
                for (int bits : new int[] {payload, 0x7f_ffff, payload | 1}) {
                    int nan = encode(type, Float.intBitsToFloat(sign | 0x7f80_0000 | bits));
                    assertTrue((nan & 0x7fff) > infinity(type), Integer.toHexString(bits));
                    assertEquals(sign != 0, nan > 0x7fff, "sign of " + Integer.toHexString(bits));
                }
            }
        }
    }

    @Test
    void binary16IsWhatNewerJavaMakesOfIt() throws ReflectiveOperationException {
        Method decode;
        Method encode;
        try {
            decode = Float.class.getMethod("float16ToFloat", short.class);
            encode = Float.class.getMethod("floatToFloat16", float.class);
        } catch (NoSuchMethodException e) {
            Assumptions.abort("Java 20 has binary16 of its own, this is Java " + Runtime.version());
            return;
        }
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            float own = Half.fromF16((short) pattern);
            float java = (float) decode.invoke(null, (short) pattern);
            assertEquals(Float.floatToIntBits(java), Float.floatToIntBits(own), "pattern " + pattern);
        }
        for (int bits = 0; bits < 1 << 24; bits++) {
            float value = Float.intBitsToFloat(bits * 255 + bits % 7);
            if (!Float.isNaN(value)) {
                assertEquals((short) encode.invoke(null, value), Half.toF16(value), value + "");
            }
        }
    }

    @Test
    void arraysAreConvertedElementByElement() {
        float[] values = {1, -2.5f, 0, 65504};
        assertArrayEquals(new short[] {0x3c00, (short) 0xc100, 0, 0x7bff}, Half.encode(DType.F16, values));
        assertArrayEquals(new short[] {0x3f80, (short) 0xc020, 0, 0x4780}, Half.encode(DType.BF16, values));
        assertArrayEquals(values, Half.decode(DType.F16, Half.encode(DType.F16, values)));
        assertArrayEquals(new float[] {1, -2.5f, 0, 65536}, Half.decode(DType.BF16, Half.encode(DType.BF16, values)));
        assertEquals(0, Half.encode(DType.F16, new float[0]).length);
    }

    @Test
    void otherTypesAreRefused() {
        for (DType type : DType.values()) {
            if (type != DType.F16 && type != DType.BF16) {
                IllegalArgumentException refusal =
                        assertThrows(IllegalArgumentException.class, () -> Half.encode(type, new float[1]));
                assertEquals("type must be F16 or BF16, but is " + type, refusal.getMessage());
                assertThrows(IllegalArgumentException.class, () -> Half.decode(type, new short[1]));
            }
        }
    }
}
