package io.github.attention4j.internal.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;

/**
 * Memory that kernels and the host use alike: fine-grained shared virtual memory. The host may use it whenever no
 * kernel does, without a command of a queue, each of which PoCL's thread takes 15 microseconds for.
 */
final class SharedMemory {
    private final ClContext context;
    /** Of the context, which is held until the memory is freed. */
    private final cl_context handle;

    private final Pointer pointer;
    private final ByteBuffer bytes;

    private SharedMemory(ClContext context, cl_context handle, Pointer pointer, ByteBuffer bytes) {
        this.context = context;
        this.handle = handle;
        this.pointer = pointer;
        this.bytes = bytes;
    }

    /** New memory, or null where the driver is not known for it, the device has none, or not so much. */
    static SharedMemory make(ClContext context, long size) {
        if (!context.quirks.sharesMemory() || size > Integer.MAX_VALUE) { // what a ByteBuffer holds
            return null;
        }
        cl_context handle = context.acquire();
        try {
            long kinds = Query.number(context.deviceHandle, CL.CL_DEVICE_SVM_CAPABILITIES);
            Pointer pointer =
                    (kinds & CL.CL_DEVICE_SVM_FINE_GRAIN_BUFFER) == 0 ? null : Cl.allocateShared(handle, size);
            if (pointer == null) {
                context.release();
                return null;
            }
            ByteBuffer bytes = pointer.getByteBuffer(0, size).order(ByteOrder.nativeOrder());
            return new SharedMemory(context, handle, pointer, bytes);
        } catch (RuntimeException | Error e) {
            context.release();
            throw e;
        }
    }

    Pointer pointer() {
        return pointer;
    }

    /** How many there are. */
    long bytes() {
        return bytes.capacity();
    }

    /**
     * Fills a part of it from an array, from element {@code offset} on, or from a direct buffer, from its position on.
     *
     * @param from the first byte of the part
     * @param count its bytes
     */
    void put(Object source, int offset, int from, int count) {
        if (source instanceof float[] floats) {
            bytes.asFloatBuffer().put(from / Float.BYTES, floats, offset, count / Float.BYTES);
        } else if (source instanceof short[] shorts) {
            bytes.asShortBuffer().put(from / Short.BYTES, shorts, offset, count / Short.BYTES);
        } else if (source instanceof int[] ints) {
            bytes.asIntBuffer().put(from / Integer.BYTES, ints, offset, count / Integer.BYTES);
        } else if (source instanceof byte[] array) {
            bytes.put(from, array, offset, count);
        } else {
            ByteBuffer buffer = (ByteBuffer) source;
            bytes.put(from, buffer, buffer.position(), count);
        }
    }

    /** The way back. */
    void get(Object target, int offset, int from, int count) {
        if (target instanceof float[] floats) {
            bytes.asFloatBuffer().get(from / Float.BYTES, floats, offset, count / Float.BYTES);
        } else if (target instanceof short[] shorts) {
            bytes.asShortBuffer().get(from / Short.BYTES, shorts, offset, count / Short.BYTES);
        } else if (target instanceof int[] ints) {
            bytes.asIntBuffer().get(from / Integer.BYTES, ints, offset, count / Integer.BYTES);
        } else if (target instanceof byte[] array) {
            bytes.get(from, array, offset, count);
        } else {
            ByteBuffer buffer = (ByteBuffer) target;
            buffer.put(buffer.position(), bytes, from, count);
        }
    }

    /** Gives it back at once: no kernel may be using it. To be called once. */
    void free() {
        try {
            Release.shared(handle, pointer);
        } finally {
            context.release();
        }
    }
}
