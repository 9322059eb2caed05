package io.github.attention4j.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Where direct buffers begin in memory. From Java 22 on, MemorySegment says so; this code is compiled for 17 and looks
 * it up by name. Before, it is Unsafe that reads the field it is in, which those versions let everybody do without a
 * warning (24 and later warn, and are not asked). A module path without jdk.unsupported has neither: then nobody knows.
 * Only asked where two buffers may meet, see {@link HostBuffers}.
 */
final class Addresses {
    /** (ByteBuffer) to long, or null. */
    private static final MethodHandle ADDRESS = find();

    private Addresses() {}

    /** The address of the byte at the buffer's position, or 0 if nothing tells it. */
    static long of(ByteBuffer buffer) {
        if (ADDRESS == null) {
            return 0;
        }
        try {
            return (long) ADDRESS.invokeExact(buffer);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("neither of the two ways throws", e);
        }
    }

    private static MethodHandle find() {
        try {
            return ofSegment();
        } catch (ReflectiveOperationException | LinkageError e) {
            // Java 17 to 21
        }
        try {
            return ofField();
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            return null;
        }
    }

    private static MethodHandle ofSegment() throws ReflectiveOperationException {
        Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        MethodHandle ofBuffer = lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
        MethodHandle address = lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
        return MethodHandles.filterReturnValue(ofBuffer, address)
                .asType(MethodType.methodType(long.class, ByteBuffer.class));
    }

    private static MethodHandle ofField() throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object unsafe = instance.get(null);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        long at = (long) type.getMethod("objectFieldOffset", Field.class)
                .invoke(unsafe, Buffer.class.getDeclaredField("address"));
        MethodHandle read = lookup.findVirtual(
                        type, "getLong", MethodType.methodType(long.class, Object.class, long.class))
                .bindTo(unsafe);
        read = MethodHandles.insertArguments(read, 1, at).asType(MethodType.methodType(long.class, ByteBuffer.class));
        MethodHandle position = MethodHandles.explicitCastArguments(
                lookup.findVirtual(ByteBuffer.class, "position", MethodType.methodType(int.class)),
                MethodType.methodType(long.class, ByteBuffer.class));
        MethodHandle sum =
                lookup.findStatic(Math.class, "addExact", MethodType.methodType(long.class, long.class, long.class));
        // read(buffer) + position(buffer)
        MethodHandle both = MethodHandles.filterArguments(sum, 0, read, position);
        return MethodHandles.permuteArguments(both, MethodType.methodType(long.class, ByteBuffer.class), 0, 0);
    }
}
