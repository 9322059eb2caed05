package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sets of host arrays: put together, and turned into direct buffers and back. */
public final class HostArrays {
    private HostArrays() {}

    /** Sets an operand to a Java array of any type. */
    public static void put(AttentionArrays arrays, Operand operand, Object array) {
        if (array instanceof float[] floats) {
            arrays.with(operand, floats);
        } else if (array instanceof short[] shorts) {
            arrays.with(operand, shorts);
        } else if (array instanceof int[] ints) {
            arrays.with(operand, ints);
        } else if (array instanceof byte[] bytes) {
            arrays.with(operand, bytes);
        } else {
            throw new IllegalArgumentException("no array of elements: " + array);
        }
    }

    /** Inputs and outputs in one, as a call wants them. */
    public static AttentionArrays all(AttentionArrays inputs, AttentionArrays outputs) {
        AttentionArrays all = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            Object array = outputs.get(operand) != null ? outputs.get(operand) : inputs.get(operand);
            if (array != null) {
                put(all, operand, array);
            }
        }
        return all;
    }

    /** The same contents in direct buffers; operands that share an array share a buffer. */
    public static AttentionArrays direct(AttentionSpec spec, AttentionArrays arrays) {
        AttentionArrays buffers = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                buffers.with(operand, direct(arrays.get(operand)));
            }
        }
        return buffers;
    }

    private static ByteBuffer direct(Object array) {
        int width = array instanceof byte[] ? 1 : array instanceof short[] ? 2 : 4;
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Array.getLength(array) * width).order(ByteOrder.nativeOrder());
        if (array instanceof float[] floats) {
            buffer.asFloatBuffer().put(floats);
        } else if (array instanceof short[] shorts) {
            buffer.asShortBuffer().put(shorts);
        } else if (array instanceof int[] ints) {
            buffer.asIntBuffer().put(ints);
        } else {
            buffer.duplicate().put((byte[]) array);
        }
        return buffer;
    }

    /** Copies what a call wrote to direct buffers into the arrays that they were made from. */
    public static void copyOutputs(AttentionSpec spec, AttentionArrays buffers, AttentionArrays arrays) {
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                ByteBuffer buffer =
                        ((ByteBuffer) buffers.get(operand)).duplicate().order(ByteOrder.nativeOrder());
                Object array = arrays.get(operand);
                if (array instanceof float[] floats) {
                    buffer.asFloatBuffer().get(floats);
                } else {
                    buffer.asShortBuffer().get((short[]) array);
                }
            }
        }
    }
}
