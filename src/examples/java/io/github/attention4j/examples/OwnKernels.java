package io.github.attention4j.examples;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Stream;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * For OpenCL programs with buffers and kernels of their own: a kernel of yours makes query, key and value, the engine
 * attends, a kernel of yours goes on, and the host waits for nothing between.
 */
public final class OwnKernels {
    private static final int HEADS = 8;
    private static final int LENGTH = 256;
    private static final int HEAD_DIM = 64;
    private static final int COUNT = HEADS * LENGTH * HEAD_DIM;

    private static final String KERNELS = """
            kernel void make(global float *x, int seed) {
              const int i = get_global_id(0);
              x[i] = ((i * 37 + seed * 13) % 101) / 101.0f - 0.5f;
            }
            kernel void twice(global float *x) { x[get_global_id(0)] *= 2.0f; }
            """;

    private OwnKernels() {}

    public static void main(String[] arguments) {
        if (AttentionEngine.devices().stream().allMatch(device -> device.type() == Device.Type.JAVA)) {
            System.out.println("There is no OpenCL device here.\n" + AttentionEngine.diagnose());
            return;
        }
        CL.setExceptionsEnabled(true); // JOCL then throws where OpenCL returns an error
        cl_platform_id platform = OwnContext.platformWithDevice();
        cl_device_id[] devices = new cl_device_id[1];
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 1, devices, null);
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
        cl_context context = CL.clCreateContext(properties, 1, devices, null, null, null);
        @SuppressWarnings("deprecation") // what came after it needs OpenCL 2.0
        cl_command_queue queue = CL.clCreateCommandQueue(context, devices[0], 0, null);
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {KERNELS}, null, null);
        CL.clBuildProgram(program, 0, null, null, null, null);
        cl_mem[] buffers = new cl_mem[4];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, (long) COUNT * Float.BYTES, null, null);
        }
        try {
            compute(context, queue, program, buffers);
        } finally {
            for (cl_mem buffer : buffers) {
                CL.clReleaseMemObject(buffer); // all still yours
            }
            CL.clReleaseProgram(program);
            CL.clReleaseCommandQueue(queue);
            CL.clReleaseContext(context);
        }
    }

    private static void compute(cl_context context, cl_command_queue queue, cl_program program, cl_mem[] buffers) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(HEADS)
                .sequenceLength(LENGTH)
                .headDim(HEAD_DIM)
                .build();
        try (AttentionEngine engine = AttentionEngine.open(context, queue, EngineOptions.defaults())) {
            OpenClInterop interop = engine.interop();
            try (Stream stream = interop.stream(queue); // yours: calls run in its order
                    DeviceTensor q = interop.wrap(buffers[0], 0, DType.F32, 1, HEADS, LENGTH, HEAD_DIM);
                    DeviceTensor k = interop.wrap(buffers[1], 0, DType.F32, 1, HEADS, LENGTH, HEAD_DIM);
                    DeviceTensor v = interop.wrap(buffers[2], 0, DType.F32, 1, HEADS, LENGTH, HEAD_DIM);
                    DeviceTensor out = interop.wrap(buffers[3], 0, DType.F32, 1, HEADS, LENGTH, HEAD_DIM)) {
                for (int i = 0; i < 3; i++) {
                    run(queue, program, "make", buffers[i], i);
                }
                try (Event done = engine.plan(spec).enqueueWithEvent(stream, AttentionTensors.of(q, k, v, out))) {
                    // The queue keeps its order, so the event is not needed here; another queue of yours would wait.
                    run(queue, program, "twice", buffers[3], 0, interop.handle(done));
                }
                float[] result = new float[COUNT];
                CL.clEnqueueReadBuffer(
                        queue, buffers[3], true, 0, (long) COUNT * Float.BYTES, Pointer.to(result), 0, null, null);
                System.out.println(
                        "2 * out[0] = " + result[0] + " on " + engine.device().describe());
            }
        }
    }

    private static void run(
            cl_command_queue queue, cl_program program, String name, cl_mem x, int seed, cl_event... after) {
        cl_kernel kernel = CL.clCreateKernel(program, name, null);
        CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(x));
        if (name.equals("make")) {
            CL.clSetKernelArg(kernel, 1, Sizeof.cl_int, Pointer.to(new int[] {seed}));
        }
        cl_event[] waits = after.length == 0 ? null : after;
        CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, new long[] {COUNT}, null, after.length, waits, null);
        CL.clReleaseKernel(kernel);
    }
}
