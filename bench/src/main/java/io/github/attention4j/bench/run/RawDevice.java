package io.github.attention4j.bench.run;

import static org.jocl.CL.*;

import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.opencl.DeviceSearch;
import io.github.attention4j.internal.opencl.OpenCl;
import io.github.attention4j.internal.opencl.SignalChaining;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * An OpenCL device without an engine, for kernels of the bench's own; found by the same id as an engine's. Kernels and
 * buffers are released with it.
 */
public final class RawDevice implements AutoCloseable {
    private final String id;
    private final Quirks quirks;
    private final cl_device_id device;
    private final cl_context context;
    private final cl_command_queue queue;
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** Opens the device, such as {@code "cpu:0"}. */
    public RawDevice(String id) {
        this.id = id;
        OpenCl.Found found = DeviceSearch.run().found().stream()
                .filter(one -> one.device().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("OpenCL reports no device " + id));
        quirks = Quirks.of(found.device());
        device = found.handle();
        context = clCreateContext(new cl_context_properties(), 1, new cl_device_id[] {device}, null, null, null);
        releases.push(() -> clReleaseContext(context));
        queue = createQueue();
        releases.push(() -> clReleaseCommandQueue(queue));
    }

    /** The call that every OpenCL version has; the newer one is missing from 1.2 drivers. */
    @SuppressWarnings("deprecation")
    private cl_command_queue createQueue() {
        return clCreateCommandQueue(context, device, 0, null);
    }

    boolean isGpu() {
        return id.startsWith("gpu");
    }

    /** The OpenCL version of the device, as it says itself. */
    public String version() {
        return text((size, text, written) -> clGetDeviceInfo(device, CL_DEVICE_VERSION, size, text, written));
    }

    /** OpenCL's way to tell a text: first its length, then itself. */
    private interface Text {
        int get(long size, Pointer text, long[] written);
    }

    private String text(Text call) {
        long[] size = {0};
        check(call.get(0, null, size), "asking for the length of a text");
        byte[] text = new byte[(int) size[0]];
        check(call.get(text.length, Pointer.to(text), null), "asking for a text");
        return new String(text, StandardCharsets.UTF_8).replace("\0", "").trim();
    }

    cl_kernel kernel(String source, String name, String options) {
        cl_program program = clCreateProgramWithSource(context, 1, new String[] {source}, null, null);
        releases.push(() -> clReleaseProgram(program));
        cl_device_id[] devices = {device};
        int code = SignalChaining.build(
                quirks, () -> clBuildProgram(program, 1, devices, "-cl-std=CL1.2 " + options, null, null));
        if (code != CL_SUCCESS) {
            throw new IllegalArgumentException("a kernel of the bench does not compile with " + options + " ("
                    + CL.stringFor_errorCode(code) + "):\n"
                    + text((size, text, written) ->
                            clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, size, text, written)));
        }
        cl_kernel kernel = clCreateKernel(program, name, null);
        releases.push(() -> clReleaseKernel(kernel));
        return kernel;
    }

    cl_mem zeros(int floats) {
        int[] code = {0};
        cl_mem buffer = clCreateBuffer(
                context,
                CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                (long) floats * Sizeof.cl_float,
                Pointer.to(new float[floats]),
                code);
        check(code[0], "making a buffer of " + floats + " floats");
        releases.push(() -> clReleaseMemObject(buffer));
        return buffer;
    }

    /**
     * Runs a kernel and waits; milliseconds.
     *
     * @param group items of a work-group, or null to leave that to the driver
     * @param arguments buffers, floats and ints, in the kernel's order
     */
    double run(cl_kernel kernel, int items, long[] group, Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            Object value = arguments[i];
            Pointer pointer = value instanceof cl_mem buffer
                    ? Pointer.to(buffer)
                    : value instanceof Integer number
                            ? Pointer.to(new int[] {number})
                            : Pointer.to(new float[] {(Float) value});
            int size = value instanceof cl_mem ? Sizeof.cl_mem : Sizeof.cl_float;
            check(clSetKernelArg(kernel, i, size, pointer), "clSetKernelArg");
        }
        long start = System.nanoTime();
        check(
                clEnqueueNDRangeKernel(queue, kernel, 1, null, new long[] {items}, group, 0, null, null),
                "clEnqueueNDRangeKernel");
        check(clFinish(queue), "clFinish");
        return (System.nanoTime() - start) * 1e-6;
    }

    /** Throws if a call failed; one that fails silently would be very fast. */
    private void check(int code, String call) {
        if (code != CL_SUCCESS) {
            throw new IllegalStateException(call + " failed on " + id + ": " + CL.stringFor_errorCode(code));
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
