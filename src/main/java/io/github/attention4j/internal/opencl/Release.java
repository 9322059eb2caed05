package io.github.attention4j.internal.opencl;

import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * The driver's calls that give an object back, checked like those of {@link Cl}. Each is to be made once, whatever
 * comes of it.
 */
final class Release {
    private static final cl_event NO_EVENT = new cl_event();

    private Release() {}

    static void context(cl_context context, Object about) {
        try {
            Cl.check("clReleaseContext", CL.clReleaseContext(context), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseContext", e.getStatus(), about);
        }
    }

    static void queue(cl_command_queue queue, Object about) {
        try {
            Cl.check("clReleaseCommandQueue", CL.clReleaseCommandQueue(queue), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseCommandQueue", e.getStatus(), about);
        }
    }

    static void memory(cl_mem mem, Object about) {
        try {
            Cl.check("clReleaseMemObject", CL.clReleaseMemObject(mem), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseMemObject", e.getStatus(), about);
        }
    }

    /** Shared virtual memory, which is gone at once; nothing tells of a failure. */
    static void shared(cl_context context, Pointer memory) {
        CL.clSVMFree(context, memory);
    }

    static void program(cl_program program, Object about) {
        try {
            Cl.check("clReleaseProgram", CL.clReleaseProgram(program), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseProgram", e.getStatus(), about);
        }
    }

    static void kernel(cl_kernel kernel, Object about) {
        try {
            Cl.check("clReleaseKernel", CL.clReleaseKernel(kernel), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseKernel", e.getStatus(), about);
        }
    }

    /** Gives back those events of a call that failed which a launch has filled in; the others are as they were made. */
    static void made(cl_event[] events, Object about, Throwable failure) {
        for (cl_event event : events) {
            if (!event.equals(NO_EVENT)) {
                Failures.closeAfter(failure, () -> event(event, about));
            }
        }
    }

    static void event(cl_event event, Object about) {
        try {
            Cl.check("clReleaseEvent", CL.clReleaseEvent(event), about);
        } catch (CLException e) {
            throw Cl.failure("clReleaseEvent", e.getStatus(), about);
        }
    }
}
