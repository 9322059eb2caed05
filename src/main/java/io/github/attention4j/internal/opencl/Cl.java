package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's calls, each with its error code turned into a {@link DeviceException}. JOCL's own exceptions are a
 * JVM-wide switch that belongs to the user, so both ways of reporting an error are understood and the switch is left
 * alone.
 *
 * <p>{@code about} names kernel, sizes and device in a message; its text is only asked for on failure. Plain methods
 * and no lambdas: this is on the way to the first result, and linking lambdas at run time took a fresh JVM longer than
 * the driver did.
 */
final class Cl {
    private static final Logger LOG = LoggerFactory.getLogger(Cl.class);

    private Cl() {}

    /** {@code "clFinish failed with CL_OUT_OF_RESOURCES (-5): …"}. */
    static DeviceException failure(String call, int code, Object about) {
        return new DeviceException(call + " failed with " + codeName(code) + ": " + about);
    }

    /** {@code "CL_OUT_OF_RESOURCES (-5)"}; drivers have codes of their own. */
    static String codeName(int code) {
        String name = CL.stringFor_errorCode(code);
        return (name.startsWith("CL_") ? name : "a code of its own") + " (" + code + ")";
    }

    static void check(String call, int code, Object about) {
        if (code != CL.CL_SUCCESS) {
            throw failure(call, code, about);
        }
    }

    private static <T> T made(String call, T made, int[] code, Object about) {
        check(call, code[0], about);
        if (made == null) {
            throw new DeviceException(call + " reported success and gave nothing: " + about);
        }
        return made;
    }

    static cl_context createContext(cl_context_properties properties, cl_device_id device, Object about) {
        int[] code = new int[1];
        try {
            cl_device_id[] devices = {device};
            return made("clCreateContext", CL.clCreateContext(properties, 1, devices, null, null, code), code, about);
        } catch (CLException e) {
            throw failure("clCreateContext", e.getStatus(), about);
        }
    }

    static void retainContext(cl_context context, Object about) {
        try {
            check("clRetainContext", CL.clRetainContext(context), about);
        } catch (CLException e) {
            throw failure("clRetainContext", e.getStatus(), about);
        }
    }

    @SuppressWarnings("deprecation") // the newer call does not exist before OpenCL 2.0
    static cl_command_queue createQueue(cl_context context, cl_device_id device, long properties, Object about) {
        int[] code = new int[1];
        try {
            return made(
                    "clCreateCommandQueue", CL.clCreateCommandQueue(context, device, properties, code), code, about);
        } catch (CLException e) {
            throw failure("clCreateCommandQueue", e.getStatus(), about);
        }
    }

    static void retainEvent(cl_event event, Object about) {
        try {
            check("clRetainEvent", CL.clRetainEvent(event), about);
        } catch (CLException e) {
            throw failure("clRetainEvent", e.getStatus(), about);
        }
    }

    static void retainQueue(cl_command_queue queue, Object about) {
        try {
            check("clRetainCommandQueue", CL.clRetainCommandQueue(queue), about);
        } catch (CLException e) {
            throw failure("clRetainCommandQueue", e.getStatus(), about);
        }
    }

    static void flush(cl_command_queue queue, Object about) {
        try {
            check("clFlush", CL.clFlush(queue), about);
        } catch (CLException e) {
            throw failure("clFlush", e.getStatus(), about);
        }
    }

    static void finish(cl_command_queue queue, Object about) {
        try {
            check("clFinish", CL.clFinish(queue), about);
        } catch (CLException e) {
            throw failure("clFinish", e.getStatus(), about);
        }
    }

    /** What is enqueued from now on runs after all that was before and, where there are any, after these events. */
    static void barrier(cl_command_queue queue, cl_event[] events, Object about) {
        try {
            int code = CL.clEnqueueBarrierWithWaitList(queue, events.length, events.length == 0 ? null : events, null);
            check("clEnqueueBarrierWithWaitList", code, about);
        } catch (CLException e) {
            throw failure("clEnqueueBarrierWithWaitList", e.getStatus(), about);
        }
    }

    static void queueInfo(cl_command_queue queue, int what, long size, Pointer to, Object about) {
        try {
            check("clGetCommandQueueInfo", CL.clGetCommandQueueInfo(queue, what, size, to, null), about);
        } catch (CLException e) {
            throw failure("clGetCommandQueueInfo", e.getStatus(), about);
        }
    }

    static cl_mem createBuffer(cl_context context, long flags, long bytes, Pointer memory, Object about) {
        LOG.debug("allocating {} bytes", bytes);
        int[] code = new int[1];
        try {
            return made("clCreateBuffer", CL.clCreateBuffer(context, flags, bytes, memory, code), code, about);
        } catch (CLException e) {
            throw failure("clCreateBuffer", e.getStatus(), about);
        }
    }

    /** Fine-grained shared virtual memory, aligned for every type, or null if the driver gives none. */
    static Pointer allocateShared(cl_context context, long bytes) {
        LOG.debug("allocating {} shared bytes", bytes);
        try {
            return CL.clSVMAlloc(context, CL.CL_MEM_READ_WRITE | CL.CL_MEM_SVM_FINE_GRAIN_BUFFER, bytes, 0);
        } catch (CLException e) { // JOCL's, for null
            LOG.debug("the driver gives no {} shared bytes, so arrays are copied by commands", bytes, e);
            return null;
        }
    }

    static cl_mem createSubBuffer(cl_mem buffer, long offset, long bytes, Object about) {
        int[] code = new int[1];
        cl_buffer_region region = new cl_buffer_region(offset, bytes);
        try {
            // no flags: it may be what the buffer may be
            cl_mem part = CL.clCreateSubBuffer(buffer, 0, CL.CL_BUFFER_CREATE_TYPE_REGION, region, code);
            return made("clCreateSubBuffer", part, code, about);
        } catch (CLException e) {
            throw failure("clCreateSubBuffer", e.getStatus(), about);
        }
    }

    static void retainMemory(cl_mem mem, Object about) {
        try {
            check("clRetainMemObject", CL.clRetainMemObject(mem), about);
        } catch (CLException e) {
            throw failure("clRetainMemObject", e.getStatus(), about);
        }
    }

    static void memoryInfo(cl_mem mem, int what, long size, Pointer to, Object about) {
        try {
            check("clGetMemObjectInfo", CL.clGetMemObjectInfo(mem, what, size, to, null), about);
        } catch (CLException e) {
            throw failure("clGetMemObjectInfo", e.getStatus(), about);
        }
    }

    /** Returns when the source may be changed again. */
    static void write(cl_command_queue queue, cl_mem mem, long from, long bytes, Pointer source, Object about) {
        try {
            int code = CL.clEnqueueWriteBuffer(queue, mem, true, from, bytes, source, 0, null, null);
            check("clEnqueueWriteBuffer", code, about);
        } catch (CLException e) {
            throw failure("clEnqueueWriteBuffer", e.getStatus(), about);
        }
    }

    /** Returns when the target is filled. */
    static void read(cl_command_queue queue, cl_mem mem, long from, long bytes, Pointer target, Object about) {
        try {
            int code = CL.clEnqueueReadBuffer(queue, mem, true, from, bytes, target, 0, null, null);
            check("clEnqueueReadBuffer", code, about);
        } catch (CLException e) {
            throw failure("clEnqueueReadBuffer", e.getStatus(), about);
        }
    }

    /** Returns at once. */
    static void copy(
            cl_command_queue queue, cl_mem from, long fromByte, cl_mem to, long toByte, long bytes, Object about) {
        try {
            int code = CL.clEnqueueCopyBuffer(queue, from, to, fromByte, toByte, bytes, 0, null, null);
            check("clEnqueueCopyBuffer", code, about);
        } catch (CLException e) {
            throw failure("clEnqueueCopyBuffer", e.getStatus(), about);
        }
    }

    /** Returns when the memory may be read and written. */
    static ByteBuffer map(cl_command_queue queue, cl_mem mem, long bytes, Object about) {
        int[] code = new int[1];
        long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
        try {
            ByteBuffer mapped = CL.clEnqueueMapBuffer(queue, mem, true, access, 0, bytes, 0, null, null, code);
            return made("clEnqueueMapBuffer", mapped, code, about);
        } catch (CLException e) {
            throw failure("clEnqueueMapBuffer", e.getStatus(), about);
        }
    }

    static void unmap(cl_command_queue queue, cl_mem mem, ByteBuffer mapped, Object about) {
        try {
            int code = CL.clEnqueueUnmapMemObject(queue, mem, mapped, 0, null, null);
            check("clEnqueueUnmapMemObject", code, about);
        } catch (CLException e) {
            throw failure("clEnqueueUnmapMemObject", e.getStatus(), about);
        }
    }

    static cl_program createProgram(cl_context context, String source, Object about) {
        int[] code = new int[1];
        try {
            cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, code);
            return made("clCreateProgramWithSource", program, code, about);
        } catch (CLException e) {
            throw failure("clCreateProgramWithSource", e.getStatus(), about);
        }
    }

    static cl_program createProgram(cl_context context, cl_device_id device, byte[] binary, Object about) {
        int[] code = new int[1];
        int[] status = new int[1];
        try {
            cl_program program = CL.clCreateProgramWithBinary(
                    context,
                    1,
                    new cl_device_id[] {device},
                    new long[] {binary.length},
                    new byte[][] {binary},
                    status,
                    code);
            return made("clCreateProgramWithBinary", program, code, about);
        } catch (CLException e) {
            throw failure("clCreateProgramWithBinary", e.getStatus(), about);
        }
    }

    /** Builds and returns the error code: what a failed build means is the caller's business. */
    static int build(cl_program program, cl_device_id device, String options) {
        try {
            return CL.clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
        } catch (CLException e) {
            return e.getStatus();
        } catch (NegativeArraySizeException | IndexOutOfBoundsException e) {
            // With its exceptions on, JOCL asks for the log of a failed build itself, and believes what it is told.
            return CL.CL_BUILD_PROGRAM_FAILURE;
        }
    }

    /** The program of a compiled one, or null where the driver does not link it. */
    static cl_program link(cl_context context, cl_device_id device, cl_program compiled) {
        int[] code = new int[1];
        try {
            cl_program[] programs = {compiled};
            cl_program linked =
                    CL.clLinkProgram(context, 1, new cl_device_id[] {device}, "", 1, programs, null, null, code);
            if (code[0] == CL.CL_SUCCESS) {
                return linked;
            }
            if (linked != null) {
                Release.program(
                        linked, "a program that was not linked"); // some drivers give out one that holds the link's log
            }
            return null;
        } catch (CLException e) {
            return null;
        }
    }

    /** Asks and returns the error code: a driver need not give its binaries out. */
    static int programInfo(cl_program program, int what, long size, Pointer to) {
        try {
            return CL.clGetProgramInfo(program, what, size, to, null);
        } catch (CLException e) {
            return e.getStatus();
        }
    }

    static cl_kernel createKernel(cl_program program, String name, Object about) {
        int[] code = new int[1];
        try {
            return made("clCreateKernel", CL.clCreateKernel(program, name, code), code, about);
        } catch (CLException e) {
            throw failure("clCreateKernel", e.getStatus(), about);
        }
    }

    static void kernelInfo(cl_kernel kernel, cl_device_id device, int what, long size, Pointer to, Object about) {
        try {
            int code = CL.clGetKernelWorkGroupInfo(kernel, device, what, size, to, null);
            check("clGetKernelWorkGroupInfo", code, about);
        } catch (CLException e) {
            throw failure("clGetKernelWorkGroupInfo", e.getStatus(), about);
        }
    }

    static void setArgument(cl_kernel kernel, int index, long size, Pointer argument, Object about) {
        try {
            check("clSetKernelArg", CL.clSetKernelArg(kernel, index, size, argument), about);
        } catch (CLException e) {
            throw failure("clSetKernelArg", e.getStatus(), about);
        }
    }

    /** {@code local} and {@code event} may be null. */
    static void launch(
            cl_command_queue queue, cl_kernel kernel, long[] global, long[] local, cl_event event, ClProgram program) {
        try {
            int code = CL.clEnqueueNDRangeKernel(queue, kernel, global.length, null, global, local, 0, null, event);
            if (code != CL.CL_SUCCESS) {
                throw failure("clEnqueueNDRangeKernel", code, program.describe(global, local));
            }
        } catch (CLException e) {
            throw failure("clEnqueueNDRangeKernel", e.getStatus(), program.describe(global, local));
        }
    }

    /**
     * Waits for a command and asks how it ended: drivers let a wait, a {@code clFinish} and a blocking read succeed
     * although the command before them has failed.
     *
     * @throws DeviceException if the command failed, with its own code rather than that of the wait
     */
    static void await(cl_event event, Object about) {
        int waited;
        try {
            waited = CL.clWaitForEvents(1, new cl_event[] {event});
        } catch (CLException e) {
            waited = e.getStatus();
        }
        int status = status(event, about);
        if (status < 0) {
            throw failure("the enqueued work", status, about);
        }
        check("clWaitForEvents", waited, about);
    }

    /** How far a command is: {@code CL_COMPLETE} is 0, one that failed has a negative error code. */
    static int status(cl_event event, Object about) {
        int[] status = new int[1];
        try {
            int what = CL.CL_EVENT_COMMAND_EXECUTION_STATUS;
            check("clGetEventInfo", CL.clGetEventInfo(event, what, Sizeof.cl_int, Pointer.to(status), null), about);
        } catch (CLException e) {
            throw failure("clGetEventInfo", e.getStatus(), about);
        }
        return status[0];
    }

    static void profile(cl_event event, int what, long size, Pointer to, Object about) {
        try {
            check("clGetEventProfilingInfo", CL.clGetEventProfilingInfo(event, what, size, to, null), about);
        } catch (CLException e) {
            throw failure("clGetEventProfilingInfo", e.getStatus(), about);
        }
    }
}
