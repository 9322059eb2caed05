package io.github.attention4j.internal.opencl;

import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * A built program and its one kernel. Plans with equal options share it; {@link #lock} guards the kernel's arguments.
 */
final class ClProgram extends Native<cl_kernel> {
    /** In {@link #arguments}: not set yet. An argument may be set to null. */
    private static final Pointer UNSET = Pointer.to(new int[1]);

    final String name;
    final String options;
    private final String device;
    /** {@code clSetKernelArg} is not thread-safe: held from the first argument to the enqueue. */
    final Object lock = new Object();

    private final cl_program program;
    /** Whether a launch of it has been seen to end well; {@link #lock} guards it. */
    private boolean hasRun;
    /** What the kernel's arguments point to, by their index, as far as any were set. */
    private Pointer[] arguments = new Pointer[0];

    private ClProgram(String name, String options, String device, cl_program program, cl_kernel kernel, Owner owner) {
        super("engine", kernel, owner);
        this.name = name;
        this.options = options;
        this.device = device;
        this.program = program;
    }

    /** Takes a built program over, even when the kernel cannot be made. */
    static ClProgram of(String name, String options, String device, cl_program program, Owner owner) {
        cl_kernel kernel;
        String about = name + ", " + options + ", on " + device;
        try {
            kernel = Cl.createKernel(program, name, about);
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, () -> Release.program(program, about));
            throw e;
        }
        return owned(new ClProgram(name, options, device, program, kernel, owner));
    }

    /**
     * Sets an argument of the kernel unless it is set already: a program for text generation is given the same tensors
     * for every token, and each call through JOCL makes garbage. {@link #lock} is held. What {@code argument} points to
     * must stay as it is.
     */
    void setArgument(cl_kernel kernel, int index, long size, Pointer argument, Object about) {
        if (index >= arguments.length) {
            int known = arguments.length;
            arguments = Arrays.copyOf(arguments, index + 1);
            Arrays.fill(arguments, known, index + 1, UNSET);
        }
        if (arguments[index] != argument) {
            arguments[index] = UNSET;
            Cl.setArgument(kernel, index, size, argument, about);
            arguments[index] = argument;
        }
    }

    /**
     * Enqueues the kernel, whose arguments are set; {@link #lock} is held. A kernel that the driver cannot load or run
     * fails at its first launch, which only the launch's event tells, so the first one is waited for.
     *
     * @param local null to let the driver choose
     * @param event to be filled in, or null
     */
    void launch(cl_command_queue queue, cl_kernel kernel, long[] global, long[] local, cl_event event) {
        if (hasRun) {
            Cl.launch(queue, kernel, global, local, event, this);
            return;
        }
        cl_event first = event == null ? new cl_event() : event;
        Cl.launch(queue, kernel, global, local, first, this);
        Failures failures = new Failures();
        try {
            Cl.await(first, describe(global, local));
            hasRun = true;
        } catch (RuntimeException e) {
            failures.add(e);
        }
        if (event == null) {
            try {
                Release.event(first, this);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        failures.throwFirst();
    }

    /** What messages say of a launch. */
    String describe(long[] global, long[] local) {
        return name + ", global size " + Arrays.toString(global) + ", local size "
                + (local == null ? "as the driver chooses" : Arrays.toString(local)) + ", " + options + ", on "
                + device;
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return name + ", " + options + ", on " + device;
    }

    @Override
    void free(cl_kernel kernel) {
        Failures failures = new Failures();
        try {
            Release.kernel(kernel, this);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        try {
            Release.program(program, this);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        failures.throwFirst();
    }

    /** The most work-items a group of this kernel can have on the device. */
    long maxItems(ClContext context) {
        return info(context, CL.CL_KERNEL_WORK_GROUP_SIZE);
    }

    /** What a group's work-items should be a multiple of: on GPUs, those of a sub-group. */
    long lanes(ClContext context) {
        return info(context, CL.CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    }

    /** Local memory the compiled kernel uses, in bytes. */
    long localBytes(ClContext context) {
        return info(context, CL.CL_KERNEL_LOCAL_MEM_SIZE);
    }

    private long info(ClContext context, int what) {
        long[] number = new long[1];
        cl_kernel kernel = acquire();
        try {
            Cl.kernelInfo(kernel, context.deviceHandle, what, Sizeof.cl_long, Pointer.to(number), this);
        } finally {
            release();
        }
        return number[0];
    }
}
