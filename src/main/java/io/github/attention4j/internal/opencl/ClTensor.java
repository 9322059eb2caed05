package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.Wrapped;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/** A buffer with a shape. */
final class ClTensor extends Native<cl_mem> implements DeviceTensor, Wrapped {
    /**
     * Held while the tensor is mapped, and until it is unmapped. Drivers find a mapping by its address, which those of
     * one buffer share: PoCL 3.1 takes away the one that another thread is about to be given, or the same one twice.
     */
    final Object mapping = new Object();

    private final ClContext context;
    private final DType dtype;
    private final int batch;
    private final int heads;
    private final int rows;
    private final int columns;
    /** What a kernel argument points to; made once, because every enqueue needs it. */
    private final Pointer argument;
    /** The caller's memory under a wrapped tensor, kept reachable here. */
    private final ByteBuffer wrapped;

    private ClTensor(
            String name,
            ClContext context,
            cl_mem mem,
            ByteBuffer wrapped,
            DType dtype,
            int batch,
            int heads,
            int rows,
            int columns) {
        super(name, mem, context.owned);
        this.context = context;
        this.wrapped = wrapped;
        this.argument = Pointer.to(mem);
        this.dtype = dtype;
        this.batch = batch;
        this.heads = heads;
        this.rows = rows;
        this.columns = columns;
    }

    /** Over new memory of the device's, or over {@code wrapped} if that is not null. */
    static ClTensor make(
            ClContext context, ByteBuffer wrapped, DType dtype, int batch, int heads, int rows, int columns) {
        return make("tensor", context, wrapped, dtype, batch, heads, rows, columns);
    }

    /**
     * Over new memory of the device's.
     *
     * @param name what it is called where it is used after close: what its user knows
     */
    static ClTensor make(String name, ClContext context, DType dtype, int batch, int heads, int rows, int columns) {
        return make(name, context, null, dtype, batch, heads, rows, columns);
    }

    private static ClTensor make(
            String name,
            ClContext context,
            ByteBuffer wrapped,
            DType dtype,
            int batch,
            int heads,
            int rows,
            int columns) {
        long bytes = (long) batch * heads * rows * columns * dtype.bytes();
        if (bytes > context.device.maxAllocation()) {
            throw new UnsupportedByDeviceException(
                    "a tensor " + Shapes.shape(batch, heads, rows, columns) + " of " + bytes
                            + " bytes is larger than the largest buffer of " + context.device.name()
                            + ", "
                            + context.device.maxAllocation()
                            + " bytes; split it over batch entries or heads, which attend() does by itself",
                    context.device.describe());
        }
        long flags = CL.CL_MEM_READ_WRITE | (wrapped == null ? 0 : CL.CL_MEM_USE_HOST_PTR);
        Pointer memory = wrapped == null ? null : Pointer.to(wrapped);
        String about = "asked for " + bytes + " bytes, " + context.device.name() + " has "
                + context.device.globalMemory() + " in all";
        cl_context handle = context.acquire();
        try {
            cl_mem mem = Cl.createBuffer(handle, flags, bytes, memory, about);
            return owned(new ClTensor(name, context, mem, wrapped, dtype, batch, heads, rows, columns));
        } finally {
            context.release();
        }
    }

    /** The tensor as one of this engine's. */
    static ClTensor of(String name, DeviceTensor tensor, ClContext context) {
        if (tensor instanceof ClTensor own && own.context == context) {
            return own;
        }
        Objects.requireNonNull(tensor, name);
        throw new IllegalArgumentException(name + " must come from allocate() or wrap() of the engine on "
                + context.device.name() + ", but belongs to another engine");
    }

    /**
     * Holds all tensors of a launch, or none if one of them is closed; null stands for an operand that is not there.
     */
    static void acquireAll(ClTensor[] tensors) {
        int held = 0;
        try {
            for (; held < tensors.length; held++) {
                if (tensors[held] != null) {
                    tensors[held].acquire();
                }
            }
        } catch (RuntimeException e) {
            releaseFirst(tensors, held);
            throw e;
        }
    }

    /** Lets go of what {@link #acquireAll} holds. */
    static void releaseAll(ClTensor[] tensors) {
        releaseFirst(tensors, tensors.length);
    }

    private static void releaseFirst(ClTensor[] tensors, int count) {
        for (int i = 0; i < count; i++) {
            if (tensors[i] != null) {
                tensors[i].release();
            }
        }
    }

    @Override
    public ByteBuffer wrapped() {
        return wrapped;
    }

    Pointer argument() {
        return argument;
    }

    @Override
    void free(cl_mem mem) {
        Failures failures = new Failures();
        if (wrapped != null) {
            // The driver would keep memory of its own until queued work is done, but this is the caller's, who may free
            // it now.
            try {
                context.owned.finishStreams();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        try {
            Release.memory(mem, this);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        failures.throwFirst();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int heads() {
        return heads;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void upload(Stream stream, Object source, int offset) {
        Shapes.requireRange("source", source, offset, this);
        transfer(stream, true, source, offset);
    }

    @Override
    public void download(Stream stream, Object target, int offset) {
        Shapes.requireWritableRange("target", target, offset, this);
        transfer(stream, false, target, offset);
    }

    private void transfer(Stream stream, boolean toDevice, Object array, int offset) {
        Pointer at = pointer(array).withByteOffset((long) offset * dtype.bytes());
        ClStream clStream = ClStream.of(stream, context);
        cl_command_queue queue = clStream.acquire();
        try {
            cl_mem mem = acquire();
            try {
                if (toDevice) {
                    Cl.write(queue, mem, bytes(), at, this);
                } else {
                    Cl.read(queue, mem, bytes(), at, this);
                }
            } finally {
                release();
            }
        } finally {
            clStream.release();
        }
    }

    /** Enqueues a copy of one batch entry over another. */
    void copyEntry(cl_command_queue queue, int from, int to) {
        long entry = bytes() / batch;
        cl_mem mem = acquire();
        try {
            Cl.copy(queue, mem, from * entry, mem, to * entry, entry, this);
        } finally {
            release();
        }
    }

    private static Pointer pointer(Object array) {
        if (array instanceof float[] floats) {
            return Pointer.to(floats);
        } else if (array instanceof short[] shorts) {
            return Pointer.to(shorts);
        } else if (array instanceof int[] ints) {
            return Pointer.to(ints);
        } else if (array instanceof byte[] bytes) {
            return Pointer.to(bytes);
        }
        return Pointer.to(((ByteBuffer) array).slice()); // Pointer does not look at positions
    }

    @Override
    public Mapping map(Stream stream) {
        if (bytes() > Integer.MAX_VALUE) {
            throw new UnsupportedByDeviceException(
                    "a ByteBuffer holds at most " + Integer.MAX_VALUE + " bytes, but the tensor has " + bytes()
                            + "; use upload and download",
                    context.device.describe());
        }
        return ClMapping.of(ClStream.of(stream, context), this, bytes());
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return "a tensor " + Shapes.shape(batch, heads, rows, columns) + " of " + bytes() + " bytes on "
                + context.device.name();
    }

    private long bytes() {
        return elements() * dtype.bytes();
    }
}
