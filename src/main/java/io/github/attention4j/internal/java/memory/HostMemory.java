package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays and direct buffers of any element type: {@code float[]}, {@code short[]}, {@code int[]}, {@code byte[]}, as {@link DType} says. */
public final class HostMemory {
    private HostMemory() {}

    /** An array of zeros. */
    public static Object allocate(DType type, int elements) {
        return switch (type) {
            case F32 -> new float[elements];
            case F16, BF16 -> new short[elements];
            case I32 -> new int[elements];
            case U8, BIT, I8, I4 -> new byte[elements];
        };
    }

    /** Copies elements between arrays and buffers; a buffer's elements count from its position. */
    public static void copy(DType type, Object source, int sourceAt, Object target, int targetAt, int count) {
        if (source instanceof ByteBuffer from) {
            if (target instanceof ByteBuffer to) {
                int bytes = type.bytes();
                to.put(to.position() + targetAt * bytes, from, from.position() + sourceAt * bytes, count * bytes);
            } else {
                get(type, elements(from), sourceAt, target, targetAt, count);
            }
        } else if (target instanceof ByteBuffer to) {
            put(type, elements(to), targetAt, source, sourceAt, count);
        } else {
            System.arraycopy(source, sourceAt, target, targetAt, count);
        }
    }

    private static ByteBuffer elements(ByteBuffer buffer) {
        return buffer.slice().order(ByteOrder.nativeOrder());
    }

    private static void get(DType type, ByteBuffer buffer, int at, Object array, int arrayAt, int count) {
        switch (type) {
            case F32 -> buffer.asFloatBuffer().get(at, (float[]) array, arrayAt, count);
            case F16, BF16 -> buffer.asShortBuffer().get(at, (short[]) array, arrayAt, count);
            case I32 -> buffer.asIntBuffer().get(at, (int[]) array, arrayAt, count);
            case U8, BIT, I8, I4 -> buffer.get(at, (byte[]) array, arrayAt, count);
        }
    }

    private static void put(DType type, ByteBuffer buffer, int at, Object array, int arrayAt, int count) {
        switch (type) {
            case F32 -> buffer.asFloatBuffer().put(at, (float[]) array, arrayAt, count);
            case F16, BF16 -> buffer.asShortBuffer().put(at, (short[]) array, arrayAt, count);
            case I32 -> buffer.asIntBuffer().put(at, (int[]) array, arrayAt, count);
            case U8, BIT, I8, I4 -> buffer.put(at, (byte[]) array, arrayAt, count);
        }
    }
}
