package io.github.attention4j.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The checks of direct buffers, from position to limit: what kind they are, and whether two of them are the same
 * memory, however they were made from one another ({@code slice}, {@code duplicate}, two mappings of a file's page are
 * two memories).
 *
 * <p>Java 17 has no public way to a buffer's address, but {@link ByteBuffer#alignmentOffset} tells its remainder by any
 * power of two up to 2^30. So two ranges that do not meet modulo 2^30 do not meet at all, which settles nearly all
 * pairs, allocates nothing and reads no content. For the rest, {@link Addresses} knows the whole addresses.
 */
public final class HostBuffers {
    private static final int MODULUS = 1 << 30;

    private HostBuffers() {}

    /** Checks that a buffer is direct and in native order. */
    public static void requireDirect(String name, ByteBuffer buffer) {
        Objects.requireNonNull(buffer, name);
        boolean isNative = buffer.order() == ByteOrder.nativeOrder();
        if (!buffer.isDirect() || !isNative) {
            boolean big = buffer.order() == ByteOrder.BIG_ENDIAN;
            String order = big ? "big-endian" : "little-endian";
            throw new IllegalArgumentException(
                    name + " must be a direct buffer in native byte order (" + ByteOrder.nativeOrder() + "), but is "
                            + (buffer.isDirect()
                                    ? order + (big ? ", as every new buffer, slice and duplicate begins" : "")
                                            + "; call order(ByteOrder.nativeOrder()) on it"
                                    : "on the heap and " + order
                                            + "; use ByteBuffer.allocateDirect(n).order(ByteOrder.nativeOrder()), or an array"));
        }
    }

    /** Checks that a buffer may be written to. */
    public static void requireWritable(String name, ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            throw new IllegalArgumentException(
                    name + " is written to, but is a read-only buffer; give one that may be written to");
        }
    }

    /** Whether two direct buffers have a byte in common. */
    public static boolean overlap(ByteBuffer a, ByteBuffer b) {
        int lengthA = a.remaining();
        int lengthB = b.remaining();
        if (lengthA == 0 || lengthB == 0) {
            return false;
        }
        int fromA = distance(a, b);
        int fromB = -fromA & MODULUS - 1;
        if (fromA >= lengthA && fromB >= lengthB) {
            return false;
        }
        long atA = Addresses.of(a);
        long atB = Addresses.of(b);
        if (atA != 0 && atB != 0) {
            return atA < atB + lengthB && atB < atA + lengthA;
        }
        // Nothing tells the upper bits. Memory whose bytes differ is not the same; if they are equal too, it probably
        // is.
        return fromA < lengthA && isEqual(a, fromA, b) || fromB < lengthB && isEqual(b, fromB, a);
    }

    /** Whether two direct buffers are the same bytes, from the first to the last. */
    public static boolean same(ByteBuffer a, ByteBuffer b) {
        return a.remaining() == b.remaining() && distance(a, b) == 0 && overlap(a, b);
    }

    /** Bytes from the start of a to that of b, modulo 2^30. */
    private static int distance(ByteBuffer a, ByteBuffer b) {
        return b.alignmentOffset(b.position(), MODULUS) - a.alignmentOffset(a.position(), MODULUS) & MODULUS - 1;
    }

    /** Whether b, or as much of it as there is room for, is what a holds from a byte on. */
    private static boolean isEqual(ByteBuffer a, int from, ByteBuffer b) {
        int bytes = Math.min(a.remaining() - from, b.remaining());
        return a.slice(a.position() + from, bytes).mismatch(b.slice(b.position(), bytes)) < 0;
    }
}
