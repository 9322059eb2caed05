package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.util.EnumMap;
import java.util.Map;

/**
 * How the elements of each type lie in arrays and become floats, which hold each of them exactly: a row a type, and
 * nothing else here asks for a type by its name. Of a quantised type these are its whole numbers, see {@link Scales}.
 */
public enum Codec {
    F32(DType.F32) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            System.arraycopy(array, at + column, target, targetAt, count);
        }

        @Override
        void encode(float[] source, int sourceAt, Object array, int at, int count) {
            System.arraycopy(source, sourceAt, array, at, count);
        }
    },
    F16(DType.F16) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            short[] bits = (short[]) array;
            for (int i = 0; i < count; i++) {
                target[targetAt + i] = Half.fromF16(bits[at + column + i]);
            }
        }

        @Override
        void encode(float[] source, int sourceAt, Object array, int at, int count) {
            short[] bits = (short[]) array;
            for (int i = 0; i < count; i++) {
                bits[at + i] = Half.toF16(source[sourceAt + i]);
            }
        }
    },
    BF16(DType.BF16) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            short[] bits = (short[]) array;
            for (int i = 0; i < count; i++) {
                target[targetAt + i] = Half.fromBf16(bits[at + column + i]);
            }
        }

        @Override
        void encode(float[] source, int sourceAt, Object array, int at, int count) {
            short[] bits = (short[]) array;
            for (int i = 0; i < count; i++) {
                bits[at + i] = Half.toBf16(source[sourceAt + i]);
            }
        }
    },
    I32(DType.I32) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            throw new IllegalStateException("integers are read one by one"); // no float holds each of them
        }
    },
    /** 0 and 1. */
    U8(DType.U8) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0; i < count; i++) {
                target[targetAt + i] = bytes[at + column + i] == 0 ? 0 : 1;
            }
        }
    },
    /** 0 and 1. */
    BIT(DType.BIT) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0, bit = at * 8 + column; i < count; i++, bit++) {
                target[targetAt + i] = bytes[bit >> 3] >> (bit & 7) & 1;
            }
        }
    },
    I8(DType.I8) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0; i < count; i++) {
                target[targetAt + i] = bytes[at + column + i];
            }
        }

        @Override
        void encode(float[] source, int sourceAt, Object array, int at, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0; i < count; i++) {
                bytes[at + i] = (byte) source[sourceAt + i];
            }
        }

        @Override
        int largest() {
            return Byte.MAX_VALUE;
        }
    },
    I4(DType.I4) {
        @Override
        public void decode(Object array, int at, int column, float[] target, int targetAt, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0; i < count; i++) {
                int d = column + i;
                // The shifts leave the lower or the upper half of the byte, with its sign.
                target[targetAt + i] = bytes[at + d / 2] << 28 - d % 2 * 4 >> 28;
            }
        }

        @Override
        void encode(float[] source, int sourceAt, Object array, int at, int count) {
            byte[] bytes = (byte[]) array;
            for (int i = 0; i < count; i += 2) {
                int low = (int) source[sourceAt + i];
                int high = i + 1 < count ? (int) source[sourceAt + i + 1] : 0;
                bytes[at + i / 2] = (byte) (low & 15 | high << 4);
            }
        }

        @Override
        int largest() {
            return 7;
        }
    };

    private static final Map<DType, Codec> OF_TYPE = new EnumMap<>(DType.class);

    static {
        for (Codec codec : values()) {
            OF_TYPE.put(codec.type, codec);
        }
    }

    private final DType type;

    /** The arrays that elements lie in. */
    final Carrier carrier;

    final int packed;

    Codec(DType type) {
        this.type = type;
        carrier = Carrier.of(type.arrayType());
        packed = type.bits() < Byte.SIZE ? Byte.SIZE / type.bits() : 1;
    }

    /** How many elements there are in one of the array's. */
    public int packed() {
        return packed;
    }

    /** How many neighbours of a row of so many elements share a scale. */
    public int group(int columns) {
        return Scales.group(type, columns);
    }

    /** That of a type. */
    public static Codec of(DType type) {
        return OF_TYPE.get(type);
    }

    /** Whether elements are other than the floats that they become. */
    public boolean isConverted() {
        return carrier != Carrier.FLOATS;
    }

    /**
     * Turns neighbours into floats; of a mask, 0 is what hides.
     *
     * @param at where a row begins, in elements of the array
     * @param column the first of the neighbours, in elements of the row
     */
    public abstract void decode(Object array, int at, int column, float[] target, int targetAt, int count);

    /**
     * Rounds floats to the nearest elements, whole numbers within their range where those of the type are such; only
     * for the types that something is written in.
     */
    void encode(float[] source, int sourceAt, Object array, int at, int count) {
        throw new IllegalStateException("nothing is written in " + type);
    }

    /** The largest of the whole numbers that a quantised type has on both sides of 0. */
    int largest() {
        throw new IllegalStateException(type + " has no scales");
    }
}
