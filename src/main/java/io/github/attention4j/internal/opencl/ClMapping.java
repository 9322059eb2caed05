package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceTensor;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jocl.cl_command_queue;
import org.jocl.cl_mem;

/**
 * A tensor's memory as bytes. Keeps stream and tensor alive until it is closed: an engine that is closed before must
 * not free memory that another thread reads through a plain buffer. One that was never closed is unmapped when its
 * bytes are unreachable.
 */
final class ClMapping implements DeviceTensor.Mapping {
    private final ClStream stream;
    private final ClTensor tensor;
    private final cl_command_queue queue;
    private final cl_mem mem;
    private final ByteBuffer bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClMapping(ClStream stream, cl_command_queue queue, ClTensor tensor, cl_mem mem, ByteBuffer bytes) {
        this.stream = stream;
        this.queue = queue;
        this.tensor = tensor;
        this.mem = mem;
        this.bytes = bytes;
    }

    /** Made when a first tensor is mapped: it has a thread. */
    private static final class Forgotten {
        static final Cleaner CLEANER = Cleaner.create();
    }

    static ClMapping of(ClStream stream, ClTensor tensor, long size) {
        boolean made = false;
        cl_command_queue queue = stream.begin();
        try {
            cl_mem mem = tensor.acquire();
            try {
                // Views that the caller makes of this very object keep it reachable, those of a copy would not keep the
                // copy.
                ByteBuffer bytes;
                synchronized (tensor.mapping) {
                    bytes = Cl.map(queue, mem, size, tensor).order(ByteOrder.nativeOrder());
                }
                ClMapping mapping = new ClMapping(stream, queue, tensor, mem, bytes);
                Forgotten.CLEANER.register(bytes, forgotten(stream, tensor, mapping.closed));
                made = true;
                return mapping;
            } finally {
                if (!made) {
                    tensor.release();
                }
            }
        } finally {
            if (!made) {
                stream.release();
            }
        }
    }

    /**
     * Does not refer to the bytes. Without them nothing can be unmapped, but the driver does not need that to free the
     * memory.
     */
    private static Runnable forgotten(ClStream stream, ClTensor tensor, AtomicBoolean closed) {
        return () -> {
            if (closed.compareAndSet(false, true)) {
                stream.release();
                tensor.release();
            }
        };
    }

    @Override
    public ByteBuffer bytes() {
        if (closed.get()) {
            throw new IllegalStateException("mapping is closed");
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            synchronized (tensor.mapping) {
                Cl.unmap(queue, mem, bytes, tensor);
                Cl.finish(queue, tensor);
            }
        } finally {
            stream.release(); // first: waits for its work if it was closed meanwhile
            tensor.release();
        }
    }
}
