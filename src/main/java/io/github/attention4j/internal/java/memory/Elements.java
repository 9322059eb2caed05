package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/**
 * The elements of an array or a direct buffer, whatever their type: floats of all widths and masks are read as {@code float}, which holds each
 * of them exactly. A position counts elements, of {@link DType#BIT} and {@link DType#I4} bytes; a column counts elements
 * from there, of any type. Quantised elements are read without their scale, see {@link Scales}.
 */
abstract class Elements {
    /**
     * The elements of one operand.
     *
     * @param memory {@code float[]}, {@code short[]}, {@code int[]} or {@code byte[]} as the type wants it, or a direct buffer in native order from its start
     */
    static Elements of(DType type, Object memory) {
        return switch (type) {
            case F32 ->
                new Floats(
                        memory instanceof float[] own
                                ? FloatBuffer.wrap(own)
                                : bytes(memory).asFloatBuffer());
            case F16, BF16 ->
                new Halves(
                        memory instanceof short[] own
                                ? ShortBuffer.wrap(own)
                                : bytes(memory).asShortBuffer(),
                        type == DType.F16);
            case I32 ->
                new Integers(
                        memory instanceof int[] own
                                ? IntBuffer.wrap(own)
                                : bytes(memory).asIntBuffer());
            case U8, BIT -> new Bytes(wrap(memory), type == DType.BIT);
            case I8, I4 -> new Quantised(wrap(memory), type == DType.I4);
        };
    }

    private static ByteBuffer wrap(Object memory) {
        return memory instanceof byte[] own ? ByteBuffer.wrap(own) : bytes(memory);
    }

    private static ByteBuffer bytes(Object memory) {
        return (ByteBuffer) memory;
    }

    /** Reads neighbours; of a mask, 0 is what hides. */
    abstract void read(int at, int column, float[] target, int targetAt, int count);

    /** Writes neighbours, rounded to the nearest; only for the types that outputs have. */
    void write(int at, float[] source, int sourceAt, int count) {
        throw new IllegalStateException("no output has this type");
    }

    /** One integer; only for I32. */
    int integer(int at) {
        throw new IllegalStateException("no integers have this type");
    }

    private static final class Floats extends Elements {
        private final FloatBuffer data;

        Floats(FloatBuffer data) {
            this.data = data;
        }

        @Override
        void read(int at, int column, float[] target, int targetAt, int count) {
            data.get(at + column, target, targetAt, count);
        }

        @Override
        void write(int at, float[] source, int sourceAt, int count) {
            data.put(at, source, sourceAt, count);
        }
    }

    private static final class Halves extends Elements {
        private final ShortBuffer data;
        private final short[] array;
        private final boolean f16;

        Halves(ShortBuffer data, boolean f16) {
            this.data = data;
            array = data.hasArray() ? data.array() : null;
            this.f16 = f16;
        }

        @Override
        void read(int at, int column, float[] target, int targetAt, int count) {
            short[] source = array;
            int from = at + column;
            if (source == null) {
                source = new short[count];
                data.get(from, source, 0, count);
                from = 0;
            }
            for (int i = 0; i < count; i++) {
                short bits = source[from + i];
                target[targetAt + i] = f16 ? Half.fromF16(bits) : Half.fromBf16(bits);
            }
        }

        @Override
        void write(int at, float[] source, int sourceAt, int count) {
            for (int i = 0; i < count; i++) {
                float value = source[sourceAt + i];
                data.put(at + i, f16 ? Half.toF16(value) : Half.toBf16(value));
            }
        }
    }

    private static final class Integers extends Elements {
        private final IntBuffer data;

        Integers(IntBuffer data) {
            this.data = data;
        }

        @Override
        void read(int at, int column, float[] target, int targetAt, int count) {
            throw new IllegalStateException("integers are read one by one");
        }

        @Override
        int integer(int at) {
            return data.get(at);
        }
    }

    private static final class Bytes extends Elements {
        private final ByteBuffer data;
        private final byte[] array;
        private final boolean bits;

        Bytes(ByteBuffer data, boolean bits) {
            this.data = data;
            this.bits = bits;
            array = data.hasArray() ? data.array() : null;
        }

        @Override
        void read(int at, int column, float[] target, int targetAt, int count) {
            int from = at + (bits ? column / 8 : column);
            byte[] source = array;
            if (source == null) {
                source = new byte[bits ? (column % 8 + count + 7) / 8 : count];
                data.get(from, source, 0, source.length);
                from = 0;
            }
            if (bits) {
                for (int i = 0, bit = from * 8 + column % 8; i < count; i++, bit++) {
                    target[targetAt + i] = source[bit >> 3] >> (bit & 7) & 1;
                }
            } else {
                for (int i = 0; i < count; i++) {
                    target[targetAt + i] = source[from + i] == 0 ? 0 : 1;
                }
            }
        }
    }

    private static final class Quantised extends Elements {
        private final ByteBuffer data;
        private final boolean fours;

        Quantised(ByteBuffer data, boolean fours) {
            this.data = data;
            this.fours = fours;
        }

        @Override
        void read(int at, int column, float[] target, int targetAt, int count) {
            for (int i = 0; i < count; i++) {
                int d = column + i;
                // The shifts leave the lower or the upper half of the byte, with its sign.
                target[targetAt + i] = fours ? data.get(at + d / 2) << 28 - d % 2 * 4 >> 28 : data.get(at + d);
            }
        }

        /** Whole numbers within the type's range. */
        @Override
        void write(int at, float[] source, int sourceAt, int count) {
            for (int i = 0; i < count; i += fours ? 2 : 1) {
                int low = (int) source[sourceAt + i];
                int high = fours && i + 1 < count ? (int) source[sourceAt + i + 1] : 0;
                data.put(at + (fours ? i / 2 : i), (byte) (fours ? low & 15 | high << 4 : low));
            }
        }
    }
}
