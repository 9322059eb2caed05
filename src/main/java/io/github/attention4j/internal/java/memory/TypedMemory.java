package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * The elements of an array or a direct buffer, whatever their type, read and written as {@link Codec} says. A position
 * counts elements of the array, so of {@link DType#BIT} and {@link DType#I4} bytes; a column counts elements from
 * there, of any type.
 */
final class TypedMemory {
    private final Codec codec;

    /** Null if the elements are in a buffer. */
    private final Object array;

    /** The buffer as the array that it stands for, or null. */
    private final Buffer view;

    /** @param memory an array as the type wants it, or a direct buffer in native order from its start */
    TypedMemory(DType type, Object memory) {
        codec = Codec.of(type);
        view = memory instanceof ByteBuffer buffer ? codec.carrier.view(buffer) : null;
        array = view == null ? memory : null;
    }

    /** Reads neighbours. */
    void read(int at, int column, float[] target, int targetAt, int count) {
        if (array != null) {
            codec.decode(array, at, column, target, targetAt, count);
        } else if (!codec.isConverted()) {
            codec.carrier.get(view, at + column, target, targetAt, count);
        } else {
            int first = column % codec.packed;
            Object copy = copy(at + column / codec.packed, first + count);
            codec.decode(copy, 0, first, target, targetAt, count);
        }
    }

    private Object copy(int at, int count) {
        int length = units(count);
        Object copy = codec.carrier.allocate(length);
        codec.carrier.get(view, at, copy, 0, length);
        return copy;
    }

    private int units(int count) {
        return (count + codec.packed - 1) / codec.packed;
    }

    /** Writes neighbours from a position on, see {@link Codec#encode}. */
    void write(int at, float[] source, int sourceAt, int count) {
        if (array != null) {
            codec.encode(source, sourceAt, array, at, count);
        } else if (!codec.isConverted()) {
            codec.carrier.put(view, at, source, sourceAt, count);
        } else {
            Object copy = codec.carrier.allocate(units(count));
            codec.encode(source, sourceAt, copy, 0, count);
            codec.carrier.put(view, at, copy, 0, units(count));
        }
    }

    /** One integer; only for I32. */
    int integer(int at) {
        return array != null ? ((int[]) array)[at] : ((IntBuffer) view).get(at);
    }
}
