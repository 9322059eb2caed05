package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.Wrapped;
import io.github.attention4j.internal.java.threads.Queue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A tensor in this JVM: an array, or the caller's direct buffer. Queued work keeps the memory alive, not the tensor.
 */
public final class HostTensor implements DeviceTensor, Wrapped {
    /** The longest float array that every JVM can make. */
    public static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private final Owner owner;
    private final DType dtype;
    private final int batch;
    private final int heads;
    private final int rows;
    private final int columns;
    private final Object memory;
    private volatile boolean closed;

    /**
     * @param memory an array as {@link HostMemory} makes it, or a direct buffer in native order whose bytes from
     *     position to limit are the tensor
     */
    public HostTensor(Owner owner, DType dtype, Object memory, int batch, int heads, int rows, int columns) {
        this.owner = owner;
        this.dtype = dtype;
        this.memory = memory instanceof ByteBuffer buffer ? buffer.slice().order(ByteOrder.nativeOrder()) : memory;
        this.batch = batch;
        this.heads = heads;
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * A tensor of zeros.
     *
     * @throws UnsupportedByDeviceException if no array is that long
     * @throws DeviceException if the heap has no room for it
     */
    public static HostTensor allocate(Owner owner, DType dtype, int batch, int heads, int rows, int columns) {
        long elements = (long) batch * heads * rows * columns;
        String shape = Shapes.shape(batch, heads, rows, columns);
        if (elements > MAX_ELEMENTS) {
            throw new UnsupportedByDeviceException(
                    "a tensor " + shape + " of " + elements
                            + " elements does not fit a Java array, which holds at most " + MAX_ELEMENTS
                            + "; split the batch into several tensors and calls",
                    owner.describe());
        }
        try {
            Object array = HostMemory.allocate(dtype, (int) elements);
            return new HostTensor(owner, dtype, array, batch, heads, rows, columns);
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of memory for a tensor " + shape + ": asked for " + elements * dtype.bytes()
                            + " bytes, the JVM's heap has at most "
                            + Runtime.getRuntime().maxMemory() + "; start the JVM with a larger -Xmx",
                    e);
        }
    }

    /** The tensor as one of this engine's. */
    public static HostTensor of(String name, DeviceTensor tensor, Owner owner) {
        Objects.requireNonNull(tensor, name);
        if (!(tensor instanceof HostTensor own) || own.owner != owner) {
            throw new IllegalArgumentException(
                    name
                            + " belongs to another engine; use a tensor made by allocate or wrap of the engine that made the plan");
        }
        own.requireOpen();
        return own;
    }

    @Override
    public ByteBuffer wrapped() {
        return memory instanceof ByteBuffer buffer ? buffer : null;
    }

    /** The array or the buffer. */
    public Object memory() {
        return memory;
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
        Queue queue = queue(stream);
        Shapes.requireRange("source", source, offset, this);
        queue.runAndWait(() -> HostMemory.copy(dtype, source, offset, memory, 0, (int) elements()));
    }

    @Override
    public void download(Stream stream, Object target, int offset) {
        Queue queue = queue(stream);
        Shapes.requireWritableRange("target", target, offset, this);
        queue.runAndWait(() -> HostMemory.copy(dtype, memory, 0, target, offset, (int) elements()));
    }

    private Queue queue(Stream stream) {
        requireOpen();
        return owner.queue(stream);
    }

    /**
     * A wrapped buffer is seen as it is; an array has no view as bytes in Java 17, so it is copied, and copied back on
     * close.
     */
    @Override
    public Mapping map(Stream stream) {
        Queue queue = queue(stream);
        if (memory instanceof ByteBuffer wrapped) {
            queue.runAndWait(() -> {});
            return new HostMapping(wrapped.duplicate().order(ByteOrder.nativeOrder()), () -> {});
        }
        long bytes = elements() * dtype.bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new UnsupportedByDeviceException(
                    "a ByteBuffer holds at most " + Integer.MAX_VALUE + " bytes, but the tensor has " + bytes
                            + "; use upload and download",
                    owner.describe());
        }
        ByteBuffer copy = direct((int) bytes);
        queue.runAndWait(() -> HostMemory.copy(dtype, memory, 0, copy, 0, (int) elements()));
        return new HostMapping(
                copy.duplicate().order(ByteOrder.nativeOrder()),
                () -> HostMemory.copy(dtype, copy, 0, memory, 0, (int) elements()));
    }

    private ByteBuffer direct(int bytes) {
        try {
            return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of direct memory for a mapping of " + bytes
                            + " bytes; start the JVM with a larger -XX:MaxDirectMemorySize, or use download",
                    e);
        }
    }

    private static final class HostMapping implements Mapping {
        private final ByteBuffer bytes;
        private final Runnable giveBack;
        private boolean closed;

        HostMapping(ByteBuffer bytes, Runnable giveBack) {
            this.bytes = bytes;
            this.giveBack = giveBack;
        }

        @Override
        public synchronized ByteBuffer bytes() {
            if (closed) {
                throw new IllegalStateException("mapping is closed");
            }
            return bytes;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                giveBack.run();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("tensor is closed");
        }
        owner.requireOpen();
    }

    @Override
    public void close() {
        closed = true;
    }
}
