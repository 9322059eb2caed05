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

    private static Buffer view(Carrier carrier, ByteBuffer buffer) {
        return carrier.view(buffer.slice().order(ByteOrder.nativeOrder()));
    }
}
