package io.github.attention4j;

import java.util.Objects;

/**
 * Conversions between {@code float} and the 16-bit types, whose bits Java keeps in {@code short}. To 16 bits they round
 * to the nearest, ties to even; from 16 bits they are exact. A NaN stays a NaN (its sign and, as far as they fit, its
 * upper bits too).
 */
public final class Half {
    private static final int F16_INFINITY = 0x7c00;
    private static final int F32_INFINITY = 0x7f80_0000;
    private static final int QUIET_NAN = 0x0200;

    private Half() {}

    /** The float of these binary16 bits. */
    public static float fromF16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int magnitude = bits & 0x7fff;
        if (magnitude >= F16_INFINITY) {
            return Float.intBitsToFloat(sign | F32_INFINITY | (magnitude & 0x3ff) << 13);
        }
        // Exponent and fraction moved into place are the number times 2^-112, subnormal or not; the product is exact.
        float value = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) | sign);
    }

    /** The binary16 bits nearest to a float; infinite from 65520 on. */
    public static short toF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > F32_INFINITY) {
            return (short) (sign | F16_INFINITY | QUIET_NAN | magnitude >> 13 & 0x3ff);
        }
        float absolute = Float.intBitsToFloat(magnitude);
        if (absolute >= 65520f) {
            return (short) (sign | F16_INFINITY);
        }
        if (absolute < 0x1p-14f) {
            // Subnormal: adding 1/2 lets the addition itself round to multiples of 2^-24, which are then the low bits.
            return (short) (sign | Float.floatToRawIntBits(absolute + 0.5f) - Float.floatToRawIntBits(0.5f));
        }
        int even = magnitude >> 13 & 1;
        return (short) (sign | (magnitude - (112 << 23) + 0xfff + even) >> 13);
    }

    /** The float of these bfloat16 bits. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bfloat16 bits nearest to a float. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fff_ffff) > F32_INFINITY) {
            return (short) (bits >> 16 | 0x40); // quiet, for a payload in the low half alone would become an infinity
        }
        return (short) (bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }

    /**
     * An array as elements of this type.
     *
     * @param type F16 or BF16
     */
    public static short[] encode(DType type, float[] values) {
        boolean f16 = isF16(type);
        Objects.requireNonNull(values, "values");
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = f16 ? toF16(values[i]) : toBf16(values[i]);
        }
        return bits;
    }

    /**
     * Elements of this type as floats.
     *
     * @param type F16 or BF16
     */
    public static float[] decode(DType type, short[] bits) {
        boolean f16 = isF16(type);
        Objects.requireNonNull(bits, "bits");
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = f16 ? fromF16(bits[i]) : fromBf16(bits[i]);
        }
        return values;
    }

    private static boolean isF16(DType type) {
        Objects.requireNonNull(type, "type");
        if (type != DType.F16 && type != DType.BF16) {
            throw new IllegalArgumentException("type must be F16 or BF16, but is " + type);
        }
        return type == DType.F16;
    }
}
