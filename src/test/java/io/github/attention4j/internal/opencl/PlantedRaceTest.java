package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Proves that the race detector of {@code native-test/run} is awake: it must stay silent on a right kernel and speak up on one with a
 * barrier missing. Its report goes to a file of the whole process, so the two run in processes of their own and the script reads the files.
 */
@Tag("opencl")
class PlantedRaceTest {
    private static final String FILE = "planted_race.cl";
    private static final int GROUP_SIZE = 8;
    private static final int[] NEIGHBOURS =
            IntStream.range(0, GROUP_SIZE).map(i -> (i + 1) % GROUP_SIZE).toArray();

    @Test
    @Tag("oclgrind")
    void a_kernel_with_its_barrier_is_right_and_not_reported() throws IOException {
        assertArrayEquals(NEIGHBOURS, run(true));
    }

    @Test
    @Tag("oclgrind-only")
    void a_kernel_without_its_barrier_runs_and_is_reported() throws IOException {
        // What it computes is undefined; what matters is what the detector says.
        assertEquals(GROUP_SIZE, run(false).length);
    }

    private static int[] run(boolean withBarrier) throws IOException {
        cl_platform_id[] platform = new cl_platform_id[1];
        check("clGetPlatformIDs", CL.clGetPlatformIDs(1, platform, null));
        cl_device_id[] device = new cl_device_id[1];
        check("clGetDeviceIDs", CL.clGetDeviceIDs(platform[0], CL.CL_DEVICE_TYPE_DEFAULT, 1, device, null));
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform[0]);
        int[] error = new int[1];
        cl_context context = CL.clCreateContext(properties, 1, device, null, null, error);
        check("clCreateContext", error[0]);
        try {
            return run(context, device[0], withBarrier);
        } finally {
            CL.clReleaseContext(context);
        }
    }

    private static int[] run(cl_context context, cl_device_id device, boolean withBarrier) throws IOException {
        int[] error = new int[1];
        String options = "-D GROUP_SIZE=" + GROUP_SIZE + " -D WITH_BARRIER=" + (withBarrier ? 1 : 0);
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source()}, null, error);
        check("clCreateProgramWithSource", error[0]);
        check("clBuildProgram", CL.clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null));
        cl_kernel kernel = CL.clCreateKernel(program, "planted_race", error);
        check("clCreateKernel", error[0]);
        cl_command_queue queue = CL.clCreateCommandQueue(context, device, 0, error);
        check("clCreateCommandQueue", error[0]);
        cl_mem out = CL.clCreateBuffer(context, CL.CL_MEM_WRITE_ONLY, bytes(GROUP_SIZE), null, error);
        check("clCreateBuffer", error[0]);

        check("clSetKernelArg", CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(out)));
        long[] items = {GROUP_SIZE};
        check("clEnqueueNDRangeKernel", CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, items, items, 0, null, null));
        int[] result = new int[GROUP_SIZE];
        check(
                "clEnqueueReadBuffer",
                CL.clEnqueueReadBuffer(
                        queue, out, CL.CL_TRUE, 0, bytes(GROUP_SIZE), Pointer.to(result), 0, null, null));

        CL.clReleaseMemObject(out);
        CL.clReleaseCommandQueue(queue);
        CL.clReleaseKernel(kernel);
        CL.clReleaseProgram(program);
        return result;
    }

    private static long bytes(int count) {
        return (long) count * Sizeof.cl_int;
    }

    /** The kernel, told its own name so that reports point into the file. */
    private static String source() throws IOException {
        try (InputStream in = PlantedRaceTest.class.getResourceAsStream(FILE)) {
            assertNotNull(in, FILE);
            return "#line 1 \"" + FILE + "\"\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void check(String call, int code) {
        assertEquals("CL_SUCCESS", CL.stringFor_errorCode(code), call);
    }
}
