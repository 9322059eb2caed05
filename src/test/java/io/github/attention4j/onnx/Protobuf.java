package io.github.attention4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The fields of a protobuf message, one after the other. ONNX files are read by hand with this, because the protobuf
 * library would be a dependency for a few field numbers.
 */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer in;
    private int field;
    private int wire;
    private ByteBuffer content;

    Protobuf(ByteBuffer message) {
        in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long tag = varint(in);
        field = Math.toIntExact(tag >>> 3);
        wire = (int) (tag & 7);
        int from = in.position();
        int length =
                switch (wire) {
                    case VARINT -> {
                        varint(in);
                        yield in.position() - from;
                    }
                    case FIXED64 -> Long.BYTES;
                    case FIXED32 -> Integer.BYTES;
                    case LENGTH -> {
                        int bytes = Math.toIntExact(varint(in));
                        from = in.position();
                        yield bytes;
                    }
                    default ->
                        throw new IllegalArgumentException("the file must be protobuf, but field " + field
                                + " has wire type " + wire + "; was it cut short?");
                };
        if (length < 0 || length > in.limit() - from) {
            throw new IllegalArgumentException("field " + field + " has " + length + " bytes, but the message only "
                    + (in.limit() - from) + " more; was the file cut short?");
        }
        content = in.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(from + length);
        return true;
    }

    /** The number of the field. */
    int field() {
        return field;
    }

    /** The field as bytes in little-endian order: a message, or raw data. */
    ByteBuffer bytes() {
        requireWire(LENGTH);
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    String text() {
        return StandardCharsets.UTF_8.decode(bytes()).toString();
    }

    long integer() {
        requireWire(VARINT);
        return varint(content.duplicate());
    }

    float number() {
        requireWire(FIXED32);
        return content.getFloat(0);
    }

    /** The integers of a repeated field: one, or many packed together. */
    long[] integers() {
        if (wire != LENGTH) {
            return new long[] {integer()};
        }
        ByteBuffer packed = bytes();
        long[] values = new long[packed.remaining()]; // at least a byte each
        int count = 0;
        while (packed.hasRemaining()) {
            values[count++] = varint(packed);
        }
        return Arrays.copyOf(values, count);
    }

    /** The bytes of a repeated field of fixed size, one or many packed together. */
    ByteBuffer fixed() {
        if (wire == VARINT) {
            requireWire(LENGTH);
        }
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireWire(int wanted) {
        if (wire != wanted) {
            throw new IllegalArgumentException("field " + field + " must have wire type " + wanted + ", but has " + wire
                    + "; is this another kind of message?");
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
