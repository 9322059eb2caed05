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

    /** Fills it from an array, from element {@code offset} on, or from a direct buffer, from its position on. */
    void put(Object source, int offset) {
        if (source instanceof float[] floats) {
            bytes.asFloatBuffer().put(0, floats, offset, bytes.capacity() / Float.BYTES);
        } else if (source instanceof short[] shorts) {
            bytes.asShortBuffer().put(0, shorts, offset, bytes.capacity() / Short.BYTES);
        } else if (source instanceof int[] ints) {
            bytes.asIntBuffer().put(0, ints, offset, bytes.capacity() / Integer.BYTES);
        } else if (source instanceof byte[] array) {
            bytes.put(0, array, offset, bytes.capacity());
        } else {
            ByteBuffer buffer = (ByteBuffer) source;
            bytes.put(0, buffer, buffer.position(), bytes.capacity());
        }
    }

    /** The way back. */
    void get(Object target, int offset) {
        if (target instanceof float[] floats) {
            bytes.asFloatBuffer().get(0, floats, offset, bytes.capacity() / Float.BYTES);
        } else if (target instanceof short[] shorts) {
            bytes.asShortBuffer().get(0, shorts, offset, bytes.capacity() / Short.BYTES);
        } else if (target instanceof int[] ints) {
            bytes.asIntBuffer().get(0, ints, offset, bytes.capacity() / Integer.BYTES);
        } else if (target instanceof byte[] array) {
            bytes.get(0, array, offset, bytes.capacity());
        } else {
            ByteBuffer buffer = (ByteBuffer) target;
            buffer.put(buffer.position(), bytes, 0, bytes.capacity());
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
