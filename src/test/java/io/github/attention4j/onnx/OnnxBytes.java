package io.github.attention4j.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes protobuf messages, for tests of what reads them. */
final class OnnxBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A field that is a number. */
    OnnxBytes integer(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    /** A field that is a float. */
    OnnxBytes number(int field, float value) {
        varint((long) field << 3 | 5);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.writeBytes(bytes.putFloat(value).array());
        return this;
    }

    /** A field that is raw bytes. */
    OnnxBytes bytes(int field, byte... bytes) {
        varint((long) field << 3 | 2);
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    OnnxBytes text(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    OnnxBytes message(int field, OnnxBytes message) {
        return bytes(field, message.out.toByteArray());
    }

    /** A field that is a list of integers, packed. */
    OnnxBytes packed(int field, long... values) {
        OnnxBytes list = new OnnxBytes();
        for (long value : values) {
            list.varint(value);
        }
        return message(field, list);
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
