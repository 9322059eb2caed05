package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.Wrapped;
import java.util.Objects;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/** One engine in an OpenCL program of the caller's. */
final class ClInterop implements OpenClInterop {
    private final ClContext context;

    ClInterop(ClContext context) {
        this.context = context;
    }

    @Override
    public DeviceTensor wrap(cl_mem memory, long byteOffset, DType dtype, int batch, int heads, int rows, int columns) {
        Objects.requireNonNull(memory, "memory");
        Shapes.requireSizes(dtype, batch, heads, rows, columns);
        long bytes = (long) batch * heads * rows * columns * dtype.bytes();
        cl_context handle = context.acquire();
        try {
            String about = "the buffer given, on " + context.device.name();
            CallersBuffer buffer = CallersBuffer.of(memory, handle, about);
            if (byteOffset < 0 || byteOffset % byteAlignment() != 0) {
                throw new IllegalArgumentException("byteOffset must be a multiple of " + byteAlignment() + " on "
                        + context.device.name() + ", but is " + byteOffset
                        + "; wrap from an offset before it, and let the operand's Layout start later");
            }
            if (bytes > buffer.bytes() - byteOffset) {
                throw new IllegalArgumentException("memory has " + buffer.bytes() + " bytes, but a tensor "
                        + Shapes.shape(batch, heads, rows, columns) + " of " + dtype + " needs " + bytes + " from byte "
                        + byteOffset + " on");
            }
            cl_mem held = held(memory, buffer, byteOffset, bytes, about);
            long begin = buffer.offset() + byteOffset;
            Wrapped.Region region = new Wrapped.Region(buffer.whole(), begin, begin + bytes);
            return ClTensor.over(context, held, buffer.flags(), region, dtype, batch, heads, rows, columns);
        } finally {
            context.release();
        }
    }

    /** The buffer, or the part of it, with a hold that is ours. */
    private static cl_mem held(cl_mem memory, CallersBuffer buffer, long byteOffset, long bytes, String about) {
        if (byteOffset == 0) {
            Cl.retainMemory(memory, about);
            return memory;
        }
        // Not of the part that was given: a part has no parts.
        return Cl.createSubBuffer(
                buffer.whole(),
                buffer.offset() + byteOffset,
                bytes,
                bytes + " bytes from byte " + byteOffset + " on of " + about);
    }

    @Override
    public int byteAlignment() {
        cl_context held = context.acquire(); // the device may be the caller's
        try {
            return (int) Math.max(1, Query.number(context.deviceHandle, CL.CL_DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE);
        } finally {
            context.release();
        }
    }

    @Override
    public DeviceTensor wrapSvm(Pointer memory, DType dtype, int batch, int heads, int rows, int columns) {
        Objects.requireNonNull(memory, "memory");
        Shapes.requireSizes(dtype, batch, heads, rows, columns);
        requireSvm();
        return ClTensor.overSvm(context, memory, dtype, batch, heads, rows, columns);
    }

    private void requireSvm() {
        String why = "";
        context.acquire();
        try {
            if (Query.number(context.deviceHandle, CL.CL_DEVICE_SVM_CAPABILITIES) != 0) {
                return;
            }
        } catch (DeviceException e) { // before OpenCL 2.0 drivers do not know the question
            why = " (" + e.getMessage() + ")";
        } finally {
            context.release();
        }
        throw new UnsupportedByDeviceException(
                context.device.name() + " has no shared virtual memory" + why + "; wrap a buffer instead",
                context.device.describe());
    }

    @Override
    public Stream stream(cl_command_queue queue) {
        Objects.requireNonNull(queue, "queue");
        cl_context handle = context.acquire();
        try {
            CallersQueue given = CallersQueue.of(queue, handle, "the engine's context");
            if (!given.device().equals(context.deviceHandle)) {
                throw new IllegalArgumentException("queue must be of the engine's device, " + context.device.name()
                        + ", but is of another; open an engine over it: AttentionEngine.open(context, queue, options)");
            }
            return ClStream.share("stream", context, queue, given.isInOrder());
        } finally {
            context.release();
        }
    }

    @Override
    public void waitFor(Stream stream, cl_event... events) {
        ClStream own = ClStream.of(stream, context);
        Objects.requireNonNull(events, "events");
        if (events.length == 0) {
            throw new IllegalArgumentException("events must be at least one, but there is none");
        }
        for (int i = 0; i < events.length; i++) {
            Objects.requireNonNull(events[i], "events[" + i + "]");
        }
        own.waitFor(events.clone());
    }

    @Override
    public cl_event handle(Event event) {
        return ClEvent.of(event, context).last();
    }
}
