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

    private final Memory memory;

    /**
     * What is under a tensor.
     *
     * @param mem the buffer; of its holds on the driver's object, one is the tensor's
     * @param wrapped the caller's memory under it, kept reachable here, or null
     * @param flags the caller's, where the buffer is theirs, or 0
     * @param region where it lies in memory of the caller's that is no {@code ByteBuffer}, or null
     * @param mayGo whether the caller may free the memory itself when the tensor is closed
     * @param shared memory of the engine's own that the host uses as well, freed with the tensor, or null
     */
    private record Memory(
            cl_mem mem, ByteBuffer wrapped, long flags, Region region, boolean mayGo, SharedMemory shared) {}

    private ClTensor(
            String name, ClContext context, Memory memory, DType dtype, int batch, int heads, int rows, int columns) {
        super(name, memory.mem(), context.owned);
        this.context = context;
        this.memory = memory;
        this.argument = Pointer.to(memory.mem());
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

    /**
     * Likewise, and the host uses the memory as well where that is known to work: see {@link #isShared}. Who makes it
     * must hold it while kernels use it.
     */
    static ClTensor makeShared(
            String name, ClContext context, DType dtype, int batch, int heads, int rows, int columns) {
        SharedMemory shared = SharedMemory.make(context, (long) batch * heads * rows * columns * dtype.bytes());
        if (shared == null) {
            return make(name, context, dtype, batch, heads, rows, columns);
        }
        cl_mem mem;
        try {
            mem = buffer(context, shared.pointer(), shared.bytes());
        } catch (RuntimeException | Error e) {
            shared.free();
            throw e;
        }
        Memory made = new Memory(mem, null, 0, null, false, shared);
        return owned(new ClTensor(name, context, made, dtype, batch, heads, rows, columns));
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
        Pointer memory = wrapped == null ? null : Pointer.to(wrapped);
        return make(name, context, memory, wrapped, dtype, batch, heads, rows, columns);
    }

    /** Over shared virtual memory of the caller's: the driver takes it as memory of the host's, and knows it. */
    static ClTensor overSvm(
            ClContext context, Pointer memory, DType dtype, int batch, int heads, int rows, int columns) {
        return make("tensor", context, memory, null, dtype, batch, heads, rows, columns);
    }

    private static ClTensor make(
            String name,
            ClContext context,
            Pointer memory,
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
        cl_mem mem = buffer(context, memory, bytes);
        Memory made = new Memory(mem, wrapped, 0, region(memory, wrapped, bytes), memory != null, null);
        return owned(new ClTensor(name, context, made, dtype, batch, heads, rows, columns));
    }

    /** A buffer over new memory, or over {@code memory} if that is not null. */
    private static cl_mem buffer(ClContext context, Pointer memory, long bytes) {
        long flags = CL.CL_MEM_READ_WRITE | (memory == null ? 0 : CL.CL_MEM_USE_HOST_PTR);
        String about = "asked for " + bytes + " bytes, " + context.device.name() + " has "
                + context.device.globalMemory() + " in all";
        cl_context handle = context.acquire();
        try {
            return Cl.createBuffer(handle, flags, bytes, memory, about);
        } finally {
            context.release();
        }
    }

    /** Addresses of shared virtual memory are those of one space. */
    private static Region region(Pointer memory, ByteBuffer wrapped, long bytes) {
        if (memory == null || wrapped != null) {
            return null;
        }
        return new Region("shared virtual memory", memory.getNativePointer(), memory.getNativePointer() + bytes);
    }

    /**
     * Over a buffer of the caller's, of which one hold is taken over.
     *
     * @param flags those that the caller made it with
     * @param region where it lies
     */
    static ClTensor over(
            ClContext context,
            cl_mem mem,
            long flags,
            Region region,
            DType dtype,
            int batch,
            int heads,
            int rows,
            int columns) {
        Memory callers = new Memory(mem, null, flags, region, false, null);
        return owned(new ClTensor("tensor", context, callers, dtype, batch, heads, rows, columns));
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

    /** This tensor, if kernels may do so with the buffer that its caller made. */
    ClTensor allowing(String name, boolean isRead, boolean isWritten) {
        if (isRead && (memory.flags() & CL.CL_MEM_WRITE_ONLY) != 0) {
            throw new IllegalArgumentException(
                    name + " is read by kernels, but its buffer was made with CL_MEM_WRITE_ONLY; make it without");
        }
        if (isWritten && (memory.flags() & CL.CL_MEM_READ_ONLY) != 0) {
            throw new IllegalArgumentException(
                    name + " is written by kernels, but its buffer was made with CL_MEM_READ_ONLY; make it without");
        }
        return this;
    }

    private void requireHost(String call, boolean isRead, boolean isWritten) {
        long bad = CL.CL_MEM_HOST_NO_ACCESS
                | (isRead ? CL.CL_MEM_HOST_WRITE_ONLY : 0)
                | (isWritten ? CL.CL_MEM_HOST_READ_ONLY : 0);
        if ((memory.flags() & bad) != 0) {
            throw new IllegalArgumentException(call + " needs a buffer that the host may "
                    + (isRead && isWritten ? "read and write" : isRead ? "read" : "write")
                    + ", but it was made with " + CL.stringFor_cl_mem_flags(memory.flags() & bad)
                    + "; make it without");
        }
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
        return memory.wrapped();
    }

    @Override
    public Region region() {
        return memory.region();
    }

    Pointer argument() {
        return argument;
    }

    @Override
    void free(cl_mem mem) {
        Failures failures = new Failures();
        if (memory.mayGo()) {
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
        if (memory.shared() != null) {
            memory.shared().free();
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
        upload(stream, source, offset, 0, elements());
    }

    /** Likewise, {@code count} elements from that with number {@code at} on. */
    void upload(Stream stream, Object source, int offset, long at, long count) {
        Shapes.requireRange("source", source, offset, this, count);
        requireHost("upload", false, true);
        transfer(stream, true, source, offset, at, count);
    }

    @Override
    public void download(Stream stream, Object target, int offset) {
        download(stream, target, offset, 0, elements());
    }

    /** Likewise, {@code count} elements from that with number {@code at} on. */
    void download(Stream stream, Object target, int offset, long at, long count) {
        Shapes.requireWritableRange("target", target, offset, this, count);
        requireHost("download", true, false);
        transfer(stream, false, target, offset, at, count);
    }

    /** Whether {@link #put} and {@link #get} may be called: by who knows that no kernel uses the tensor meanwhile. */
    boolean isShared() {
        return memory.shared() != null;
    }

    /** Like {@link #upload}, by this thread. */
    void put(Object source, int offset, long at, long count) {
        Shapes.requireRange("source", source, offset, this, count);
        memory.shared()
                .put(source, offset, Math.toIntExact(at * dtype.bytes()), Math.toIntExact(count * dtype.bytes()));
    }

    /** Like {@link #download}, by this thread. */
    void get(Object target, int offset, long at, long count) {
        Shapes.requireWritableRange("target", target, offset, this, count);
        memory.shared()
                .get(target, offset, Math.toIntExact(at * dtype.bytes()), Math.toIntExact(count * dtype.bytes()));
    }

    private void transfer(Stream stream, boolean toDevice, Object array, int offset, long at, long count) {
        Pointer host = pointer(array).withByteOffset((long) offset * dtype.bytes());
        ClStream clStream = ClStream.of(stream, context);
        cl_command_queue queue = clStream.begin();
        try {
            cl_mem mem = acquire();
            try {
                if (toDevice) {
                    Cl.write(queue, mem, at * dtype.bytes(), count * dtype.bytes(), host, this);
                } else {
                    Cl.read(queue, mem, at * dtype.bytes(), count * dtype.bytes(), host, this);
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
        requireHost("map", true, true);
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
