package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes to look at piece by piece, of a file of any size. */
interface Bytes extends AutoCloseable {
    /** How many there are. */
    long size();

    /** Some of them, little endian, which must be there. */
    ByteBuffer slice(long from, int length) throws IOException;

    @Override
    void close() throws IOException;

    /** Of an array. */
    static Bytes of(byte[] array) {
        return new Bytes() {
            @Override
            public long size() {
                return array.length;
            }

            @Override
            public ByteBuffer slice(long from, int length) {
                return ByteBuffer.wrap(array)
                        .slice(Math.toIntExact(from), length)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }

            @Override
            public void close() {}
        };
    }

    /** Of a file, each piece mapped into memory. */
    static Bytes of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            return new Bytes() {
                @Override
                public long size() {
                    return size;
                }

                @Override
                public ByteBuffer slice(long from, int length) throws IOException {
                    return channel.map(FileChannel.MapMode.READ_ONLY, from, length)
                            .order(ByteOrder.LITTLE_ENDIAN);
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
