package io.github.attention4j.bench.option;

import io.github.attention4j.DType;

/** What 16-bit floats mean, read off their definitions: with the library's own conversion a fault in it would judge itself. */
final class Bits16 {
    private Bits16() {}

    /**
     * The number that these bits stand for.
     *
     * @param type F16 or BF16
     */
    static float value(DType type, short bits) {
        return switch (type) {
            case F16 -> value(bits, 5, 10);
            case BF16 -> value(bits, 8, 7);
            default -> throw new IllegalArgumentException("type must be F16 or BF16, but is " + type);
        };
    }

    /** IEEE 754: sign, then so many bits of exponent, then so many of fraction. */
    private static float value(short bits, int exponentBits, int fractionBits) {
        int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
        int fraction = bits & (1 << fractionBits) - 1;
        int bias = (1 << exponentBits - 1) - 1;
        double magnitude;
        if (exponent == (1 << exponentBits) - 1) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((double) fraction, 1 - bias - fractionBits);
        } else {
            magnitude = Math.scalb((double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
        }
        return (float) (bits < 0 ? -magnitude : magnitude);
    }
}
