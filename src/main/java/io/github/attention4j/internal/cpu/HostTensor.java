package io.github.attention4j.internal.cpu;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor of floats in this JVM: an array, or the caller's direct buffer. Queued work keeps the memory alive, not the tensor. */
final class HostTensor implements DeviceTensor {
    private final JavaBackend backend;
    private final int batch;
    private final int heads;
    private final int rows;
    private final int columns;
    private final ByteBuffer wrapped;
    private final HostRows data;
    private volatile boolean closed;

    HostTensor(JavaBackend backend, float[] array, int batch, int heads, int rows, int columns) {
        this(backend, null, HostRows.dense(array, heads, rows, columns), batch, heads, rows, columns);
    }

    /** @param buffer direct, in native order; its bytes from position to limit are the tensor */
    HostTensor(JavaBackend backend, ByteBuffer buffer, int batch, int heads, int rows, int columns) {
        this(
                backend,
                buffer.slice().order(ByteOrder.nativeOrder()),
                HostRows.dense(buffer.slice().order(ByteOrder.nativeOrder()).asFloatBuffer(), heads, rows, columns),
                batch,
                heads,
                rows,
                columns);
    }

    private HostTensor(
            JavaBackend backend, ByteBuffer wrapped, HostRows data, int batch, int heads, int rows, int columns) {
        this.backend = backend;
        this.wrapped = wrapped;
        this.data = data;
        this.batch = batch;
        this.heads = heads;
        this.rows = rows;
        this.columns = columns;
    }

    /** The tensor as one of this engine's. */
    static HostTensor of(String name, DeviceTensor tensor, JavaBackend backend) {
        if (!(tensor instanceof HostTensor own) || own.backend != backend) {
            throw new IllegalArgumentException(
                    name
                            + " belongs to another engine; use a tensor made by allocate or wrap of the engine that made the plan");
        }
        own.requireOpen();
        return own;
    }

    HostRows rowsOf() {
        return data;
    }

    @Override
    public DType dtype() {
        return DType.F32;
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
        JavaStream queue = queue(stream);
        Shapes.requireRange("source", source, offset, this);
        queue.runAndWait(() -> data.write(0, (float[]) source, offset, (int) elements()));
    }

    @Override
    public void download(Stream stream, Object target, int offset) {
        JavaStream queue = queue(stream);
        Shapes.requireRange("target", target, offset, this);
        queue.runAndWait(() -> data.read(0, (float[]) target, offset, (int) elements()));
    }

    private JavaStream queue(Stream stream) {
        requireOpen();
        return JavaStream.of(stream, backend);
    }

    /** A wrapped buffer is seen as it is; an array has no view as bytes in Java 17, so it is copied, and copied back on close. */
    @Override
    public Mapping map(Stream stream) {
        JavaStream queue = queue(stream);
        if (wrapped != null) {
            queue.runAndWait(() -> {});
            return new HostMapping(wrapped.duplicate().order(ByteOrder.nativeOrder()), () -> {});
        }
        if (elements() * Float.BYTES > Integer.MAX_VALUE) {
            throw new IllegalStateException("a tensor of " + elements() * Float.BYTES
                    + " bytes is larger than a ByteBuffer can be; use download, or a smaller tensor");
        }
        ByteBuffer copy =
                ByteBuffer.allocateDirect((int) elements() * Float.BYTES).order(ByteOrder.nativeOrder());
        queue.runAndWait(() -> copy.asFloatBuffer().put(data.array));
        return new HostMapping(copy.duplicate().order(ByteOrder.nativeOrder()), () -> copy.asFloatBuffer()
                .get(data.array));
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
        backend.requireOpen();
    }

    @Override
    public void close() {
        closed = true;
    }
}
