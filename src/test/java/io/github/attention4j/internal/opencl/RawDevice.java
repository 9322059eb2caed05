package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/** The first OpenCL device, by bare JOCL calls: for tests of what lies below the engine. */
final class RawDevice implements AutoCloseable {
    private static final int PAUSE = 50; // milliseconds

    private final cl_device_id device;
    private final cl_context context;
    private final cl_command_queue queue;

    RawDevice() {
        DeviceSearch.run(); // loads JOCL's native library as an engine does
        cl_platform_id[] platforms = new cl_platform_id[1];
        check("clGetPlatformIDs", CL.clGetPlatformIDs(1, platforms, null));
        cl_device_id[] devices = new cl_device_id[1];
        check("clGetDeviceIDs", CL.clGetDeviceIDs(platforms[0], CL.CL_DEVICE_TYPE_DEFAULT, 1, devices, null));
        device = devices[0];
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, platforms[0]);
        int[] error = new int[1];
        context = CL.clCreateContext(properties, 1, devices, null, null, error);
        check("clCreateContext", error[0]);
        queue = CL.clCreateCommandQueue(context, device, 0, error);
        check("clCreateCommandQueue", error[0]);
    }

    /**
     * Builds a kernel whose only argument is {@code __global int *out}, and runs it as one work-group with an element
     * for each work-item.
     */
    int[] run(String source, String options, String kernelName, int workItems) {
        int[] error = new int[1];
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, error);
        check("clCreateProgramWithSource", error[0]);
        check("clBuildProgram", CL.clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null));
        cl_kernel kernel = CL.clCreateKernel(program, kernelName, error);
        check("clCreateKernel", error[0]);
        long bytes = (long) workItems * Sizeof.cl_int;
        cl_mem out = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, error);
        check("clCreateBuffer", error[0]);

        check("clSetKernelArg", CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(out)));
        long[] items = {workItems};
        check("clEnqueueNDRangeKernel", CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, items, items, 0, null, null));
        int[] result = new int[workItems];
        check(
                "clEnqueueReadBuffer",
                CL.clEnqueueReadBuffer(queue, out, CL.CL_TRUE, 0, bytes, Pointer.to(result), 0, null, null));

        CL.clReleaseMemObject(out);
        CL.clReleaseKernel(kernel);
        CL.clReleaseProgram(program);
        return result;
    }

    /** What the compiler says of a program that it builds. */
    String buildLog(String source, String options) {
        int[] error = new int[1];
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, error);
        check("clCreateProgramWithSource", error[0]);
        check("clBuildProgram", CL.clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null));
        long[] size = new long[1];
        check(
                "clGetProgramBuildInfo",
                CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, 0, null, size));
        byte[] log = new byte[(int) size[0]];
        check(
                "clGetProgramBuildInfo",
                CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null));
        CL.clReleaseProgram(program);
        return Query.text(log);
    }

    @Override
    public void close() {
        release(queue);
        CL.clReleaseContext(context);
    }

    /** Gives back a queue whose work is done; PoCL 6.0 may still be using it. */
    static void release(cl_command_queue queue) {
        ClosedQueues closed = new ClosedQueues(PAUSE, "a test's queue");
        closed.add(queue);
        closed.close();
    }

    private static void check(String call, int code) {
        assertEquals("CL_SUCCESS", CL.stringFor_errorCode(code), call);
    }
}
