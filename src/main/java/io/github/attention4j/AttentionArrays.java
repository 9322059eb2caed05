package io.github.attention4j;

import io.github.attention4j.internal.HostBuffers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The host arrays of one call, by operand: {@code float[]} for F32, {@code short[]} for F16 and BF16, {@code int[]} for
 * I32, {@code byte[]} for U8, BIT, I8 and I4, or for any type a direct {@link ByteBuffer} in native byte order, from
 * position to limit. May be changed and used again after the call.
 */
public final class AttentionArrays {
    private static final int OPERANDS = Operand.values().length;

    private final Object[] arrays = new Object[OPERANDS];

    /** No array yet. */
    public AttentionArrays() {}

    /** The four that every call has, in 32-bit floats. */
    public static AttentionArrays of(float[] query, float[] key, float[] value, float[] out) {
        return new AttentionArrays()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value)
                .with(Operand.OUT, out);
    }

    /** Sets an operand of type F32; returns this. */
    public AttentionArrays with(Operand operand, float[] array) {
        return set(operand, array);
    }

    /** Sets an operand of type F16 or BF16; returns this. */
    public AttentionArrays with(Operand operand, short[] array) {
        return set(operand, array);
    }

    /** Sets an operand of type I32; returns this. */
    public AttentionArrays with(Operand operand, int[] array) {
        return set(operand, array);
    }

    /** Sets an operand of type U8, BIT, I8 or I4; returns this. */
    public AttentionArrays with(Operand operand, byte[] array) {
        return set(operand, array);
    }

    /**
     * Sets an operand of any type; returns this. The buffer's position and limit are taken now and left alone. Outputs
     * must not overlap other operands.
     *
     * @throws IllegalArgumentException if the buffer is not direct, not in native byte order, or read-only and for an
     *     output
     */
    public AttentionArrays with(Operand operand, ByteBuffer buffer) {
        Objects.requireNonNull(operand, "operand");
        HostBuffers.requireDirect(operand.label(), buffer);
        if (operand.isOutput()) {
            HostBuffers.requireWritable(operand.label(), buffer);
        }
        return set(operand, buffer.slice().order(ByteOrder.nativeOrder()));
    }

    /** Sets {@link Operand#DROPOUT_STATE}; returns this. See {@link Dropout}. */
    public AttentionArrays withDropout(long seed, int offset) {
        return set(Operand.DROPOUT_STATE, Dropout.state(seed, offset));
    }

    private AttentionArrays set(Operand operand, Object array) {
        Objects.requireNonNull(operand, "operand");
        arrays[operand.ordinal()] = Objects.requireNonNull(array, operand.label());
        return this;
    }

    /** The operand's array or buffer, or null if it was not set. */
    public Object get(Operand operand) {
        return arrays[Objects.requireNonNull(operand, "operand").ordinal()];
    }
}
