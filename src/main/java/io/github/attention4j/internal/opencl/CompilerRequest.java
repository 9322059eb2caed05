package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A program to compile in a {@link CompilerProcess}, and how it and its answer go over pipes. An answer begins with the
 * request's token, since drivers print on the same channel, and holds a checksum.
 *
 * @param token a random number
 * @param device see {@link #identity}
 * @param source the kernel's source
 * @param options the compiler's options
 * @param object whether to compile without linking
 */
record CompilerRequest(long token, String device, String source, String options, boolean object) {
    /** No kernel's source is as long, and no program either. */
    private static final int MOST_BYTES = 1 << 28;
    /** What a driver prints is shorter. */
    private static final int MOST_NOISE = 1 << 20;

    /** What makes devices the same for a compiler. */
    static String identity(Device device) {
        return String.join("\n", device.name(), device.vendor(), device.platform(), device.driver());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(token);
        for (String text : new String[] {device, source, options}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        out.writeBoolean(object);
        out.flush();
    }

    static CompilerRequest read(DataInputStream in) throws IOException {
        long token = in.readLong();
        return new CompilerRequest(token, text(in), text(in), text(in), in.readBoolean());
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new StreamCorruptedException(length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    void answer(DataOutputStream out, byte[] compiled) throws IOException {
        out.writeLong(token);
        out.writeInt(compiled.length);
        out.write(compiled);
        out.writeLong(checksum(compiled));
        out.flush();
    }

    /** What {@link #answer} wrote; empty if it did not compile. */
    byte[] readAnswer(DataInputStream in) throws IOException {
        long seen = in.readLong();
        for (int skipped = 0; seen != token; skipped++) {
            if (skipped == MOST_NOISE) {
                throw new StreamCorruptedException("no answer in " + skipped + " bytes");
            }
            seen = seen << Byte.SIZE | in.readUnsignedByte();
        }
        byte[] compiled = bytes(in);
        if (in.readLong() != checksum(compiled)) {
            throw new StreamCorruptedException("wrong checksum");
        }
        return compiled;
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
