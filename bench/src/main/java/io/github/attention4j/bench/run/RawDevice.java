package io.github.attention4j.bench.run;

import static org.jocl.CL.*;

import io.github.attention4j.AttentionEngine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/** An OpenCL device without an engine, for kernels of the bench's own; found by the same id as an engine's. */
public final class RawDevice implements AutoCloseable {
    private static final Map<String, Long> TYPES =
            Map.of("gpu", CL_DEVICE_TYPE_GPU, "cpu", CL_DEVICE_TYPE_CPU, "accelerator", CL_DEVICE_TYPE_ACCELERATOR);

    private final String id;
    private final cl_device_id device;
    private final cl_context context;
    private final cl_command_queue queue;

    /** Opens the device, such as {@code "cpu:0"}. */
    public RawDevice(String id) {
        this.id = id;
        AttentionEngine.devices(); // so that JOCL's native library is loaded as an engine loads it
        String[] parts = id.split(":");
        List<cl_device_id> devices = devices(TYPES.get(parts[0]));
        int index = Integer.parseInt(parts[1]);
        if (index >= devices.size()) {
            throw new IllegalArgumentException(
                    "there is no device " + id + "; OpenCL reports " + devices.size() + " of its type");
        }
        device = devices.get(index);
        context = clCreateContext(new cl_context_properties(), 1, new cl_device_id[] {device}, null, null, null);
        queue = createQueue();
    }

    /** The call that every OpenCL version has; the newer one is missing from 1.2 drivers. */
    @SuppressWarnings("deprecation")
    private cl_command_queue createQueue() {
        return clCreateCommandQueue(context, device, 0, null);
    }

    private static List<cl_device_id> devices(long type) {
        int[] count = {0};
        clGetPlatformIDs(0, null, count);
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        clGetPlatformIDs(platforms.length, platforms, null);
        List<cl_device_id> all = new ArrayList<>();
        for (cl_platform_id platform : platforms) {
            int[] found = {0};
            if (clGetDeviceIDs(platform, type, 0, null, found) == CL_SUCCESS && found[0] > 0) {
                cl_device_id[] devices = new cl_device_id[found[0]];
                clGetDeviceIDs(platform, type, devices.length, devices, null);
                all.addAll(List.of(devices));
            }
        }
        return all;
    }

    String id() {
        return id;
    }

    /** What the device can beyond its OpenCL version, as it says itself. */
    public List<String> extensions() {
        return List.of(text(CL_DEVICE_EXTENSIONS).trim().split("\\s+"));
    }

    /** The OpenCL version of the device, as it says itself. */
    public String version() {
        return text(CL_DEVICE_VERSION);
    }

    private String text(int what) {
        long[] size = {0};
        check(clGetDeviceInfo(device, what, 0, null, size), "clGetDeviceInfo");
        byte[] text = new byte[(int) size[0]];
        check(clGetDeviceInfo(device, what, text.length, Pointer.to(text), null), "clGetDeviceInfo");
        return new String(text, StandardCharsets.UTF_8).replace("\0", "").trim();
    }

    cl_command_queue queue() {
        return queue;
    }

    cl_program build(String source, String options) {
        cl_program program = clCreateProgramWithSource(context, 1, new String[] {source}, null, null);
        int code = clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
        if (code != CL_SUCCESS) {
            String log = log(program);
            clReleaseProgram(program);
            throw new IllegalArgumentException("a kernel of the bench does not compile with " + options + " ("
                    + CL.stringFor_errorCode(code) + "):\n" + log);
        }
        return program;
    }

    cl_mem buffer(float[] contents) {
        int[] code = {0};
        cl_mem buffer = clCreateBuffer(
                context,
                CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                (long) contents.length * Sizeof.cl_float,
                Pointer.to(contents),
                code);
        if (code[0] != CL_SUCCESS) {
            throw new IllegalStateException("a buffer of " + contents.length + " floats cannot be made: "
                    + CL.stringFor_errorCode(code[0]) + "");
        }
        return buffer;
    }

    /** Throws if a call failed; one that fails silently would be very fast. */
    void check(int code, String call) {
        if (code != CL_SUCCESS) {
            throw new IllegalStateException(call + " failed on " + id + ": " + CL.stringFor_errorCode(code));
        }
    }

    private String log(cl_program program) {
        long[] size = {0};
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
        byte[] text = new byte[(int) size[0]];
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, text.length, Pointer.to(text), null);
        return new String(text, StandardCharsets.UTF_8).trim();
    }

    @Override
    public void close() {
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }
}
