package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Arrays and direct buffers of any element type: {@code float[]}, {@code short[]}, {@code int[]}, {@code byte[]}, as
 * {@link DType} says.
 */
public final class HostMemory {
    private HostMemory() {}

    /** An array of zeros. */
    public static Object allocate(DType type, int elements) {
        return Codec.of(type).carrier.allocate(elements);
    }

    /** Copies elements between arrays and buffers; a buffer's elements count from its position. */
    public static void copy(DType type, Object source, int sourceAt, Object target, int targetAt, int count) {
        Carrier carrier = Codec.of(type).carrier;
        if (source instanceof ByteBuffer from) {
            if (target instanceof ByteBuffer to) {
                int bytes = type.bytes();
                to.put(to.position() + targetAt * bytes, from, from.position() + sourceAt * bytes, count * bytes);
            } else {
                carrier.get(view(carrier, from), sourceAt, target, targetAt, count);
            }
        } else if (target instanceof ByteBuffer to) {
            carrier.put(view(carrier, to), targetAt, source, sourceAt, count);
        } else {
            System.arraycopy(source, sourceAt, target, targetAt, count);
        }
    }

    /** Rounds floats to elements of an array or buffer, or of their sum with what is there. */
    public static void write(
            DType type, float[] source, int sourceAt, Object target, int targetAt, int count, boolean isAdded) {
        Codec codec = Codec.of(type);
        float[] floats = new float[count];
        Object elements = allocate(type, count);
        if (isAdded) {
            copy(type, target, targetAt, elements, 0, count);
            codec.decode(elements, 0, 0, floats, 0, count);
        }
        for (int i = 0; i < count; i++) {
            floats[i] += source[sourceAt + i];
        }
        codec.encode(floats, 0, elements, 0, count);
        copy(type, elements, 0, target, targetAt, count);
    }

    private static Buffer view(Carrier carrier, ByteBuffer buffer) {
        return carrier.view(buffer.slice().order(ByteOrder.nativeOrder()));
    }
}
