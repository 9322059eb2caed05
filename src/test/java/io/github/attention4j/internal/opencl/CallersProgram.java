package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
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
import org.jocl.cl_program;

/** An OpenCL program of a caller's, by bare JOCL calls: context, queues, buffers, and kernels before and after ours. */
final class CallersProgram implements AutoCloseable {
    private static final String SOURCE = """
            kernel void make(global float *to, int first, int seed) {
              const int i = get_global_id(0);
              to[first + i] = ((i * 37 + seed * 13) % 101) / 64.0f - 0.75f;
            }
            kernel void twice(global float *x) { x[get_global_id(0)] *= 2.0f; }
            """;

    final cl_context context;
    final cl_device_id device;
    private final cl_program program;
    private final List<Runnable> releases = new ArrayList<>();

    CallersProgram() {
        OpenCl.Found found = OpenCl.discover().found().get(0);
        device = found.handle();
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, found.platform());
        int[] error = new int[1];
        context = CL.clCreateContext(properties, 1, new cl_device_id[] {device}, null, null, error);
        check(error[0]);
        program = CL.clCreateProgramWithSource(context, 1, new String[] {SOURCE}, null, error);
        check(error[0]);
        check(CL.clBuildProgram(program, 1, new cl_device_id[] {device}, "-cl-std=CL1.2", null, null));
    }

    @SuppressWarnings("deprecation")
    cl_command_queue queue(boolean inOrder) {
        int[] error = new int[1];
        long properties = inOrder ? 0 : CL.CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE;
        cl_command_queue queue = CL.clCreateCommandQueue(context, device, properties, error);
        check(error[0]);
        releases.add(() -> RawDevice.release(queue));
        return queue;
    }

    cl_mem buffer(long flags, long floats) {
        int[] error = new int[1];
        cl_mem buffer = CL.clCreateBuffer(context, flags, floats * Float.BYTES, null, error);
        check(error[0]);
        releases.add(() -> check(CL.clReleaseMemObject(buffer)));
        return buffer;
    }

    cl_event userEvent() {
        int[] error = new int[1];
        cl_event event = CL.clCreateUserEvent(context, error);
        check(error[0]);
        releases.add(() -> check(CL.clReleaseEvent(event)));
        return event;
    }

    /** Enqueues what fills {@code count} floats from {@code first} on; returns its event. */
    cl_event make(cl_command_queue queue, cl_mem to, int first, int count, int seed, cl_event... after) {
        cl_kernel kernel = kernel("make");
        check(CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(to)));
        return make(queue, kernel, first, count, seed, after);
    }

    /** Likewise, to shared virtual memory. */
    cl_event makeSvm(cl_command_queue queue, Pointer to, int count, int seed) {
        cl_kernel kernel = kernel("make");
        check(CL.clSetKernelArgSVMPointer(kernel, 0, to));
        return make(queue, kernel, 0, count, seed);
    }

    private cl_event make(cl_command_queue queue, cl_kernel kernel, int first, int count, int seed, cl_event... after) {
        check(CL.clSetKernelArg(kernel, 1, Sizeof.cl_int, Pointer.to(new int[] {first})));
        check(CL.clSetKernelArg(kernel, 2, Sizeof.cl_int, Pointer.to(new int[] {seed})));
        return run(queue, kernel, count, after);
    }

    /** What {@link #make} writes. */
    static float[] made(int count, int seed) {
        float[] made = new float[count];
        for (int i = 0; i < count; i++) {
            made[i] = (i * 37 + seed * 13) % 101 / 64f - 0.75f;
        }
        return made;
    }

    cl_event twice(cl_command_queue queue, cl_mem x, int count, cl_event... after) {
        cl_kernel kernel = kernel("twice");
        check(CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(x)));
        return run(queue, kernel, count, after);
    }

    private cl_kernel kernel(String name) {
        int[] error = new int[1];
        cl_kernel kernel = CL.clCreateKernel(program, name, error);
        check(error[0]);
        releases.add(() -> check(CL.clReleaseKernel(kernel)));
        return kernel;
    }

    private cl_event run(cl_command_queue queue, cl_kernel kernel, int items, cl_event[] after) {
        cl_event event = new cl_event();
        cl_event[] waits = after.length == 0 ? null : after;
        check(CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, new long[] {items}, null, after.length, waits, event));
        releases.add(() -> check(CL.clReleaseEvent(event)));
        return event;
    }

    float[] read(cl_command_queue queue, cl_mem from, int first, int count, cl_event... after) {
        float[] to = new float[count];
        cl_event[] waits = after.length == 0 ? null : after;
        check(CL.clEnqueueReadBuffer(
                queue,
                from,
                true,
                (long) first * Float.BYTES,
                (long) count * Float.BYTES,
                Pointer.to(to),
                after.length,
                waits,
                null));
        return to;
    }

    /** How often it is retained. */
    static int holds(cl_mem memory) {
        int[] count = new int[1];
        check(CL.clGetMemObjectInfo(memory, CL.CL_MEM_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null));
        return count[0];
    }

    /** Likewise. */
    static int holds(cl_command_queue queue) {
        int[] count = new int[1];
        check(CL.clGetCommandQueueInfo(queue, CL.CL_QUEUE_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null));
        return count[0];
    }

    /** Likewise. */
    static int holds(cl_event event) {
        int[] count = new int[1];
        check(CL.clGetEventInfo(event, CL.CL_EVENT_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null));
        return count[0];
    }

    /** Likewise. */
    int contextHolds() {
        int[] count = new int[1];
        check(CL.clGetContextInfo(context, CL.CL_CONTEXT_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null));
        return count[0];
    }

    static void check(int code) {
        assertEquals("CL_SUCCESS", CL.stringFor_errorCode(code));
    }

    @Override
    public void close() {
        for (int i = releases.size() - 1; i >= 0; i--) {
            releases.get(i).run();
        }
        check(CL.clReleaseProgram(program));
        check(CL.clReleaseContext(context));
    }
}
