package io.github.attention4j.bench.peers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the fields of a protobuf message one after the other. */
final class ProtobufWriter {
    private static final int VARINT = 0; // wire types
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtobufWriter integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    ProtobufWriter number(int field, float value) {
        tag(field, FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bits >>> shift);
        }
        return this;
    }

    ProtobufWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter content) {
        return bytes(field, content.bytes());
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private ProtobufWriter bytes(int field, byte[] content) {
        tag(field, LENGTH);
        varint(content.length);
        out.writeBytes(content);
        return this;
    }

    private void tag(int field, int wire) {
        varint((long) field << 3 | wire);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
