package io.github.attention4j.internal.opencl;

import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** A built program and its one kernel. Plans with equal options share it; {@link #lock} guards the kernel's arguments. */
final class ClProgram extends Native<cl_kernel> {
    private static final int MOST_ARGUMENTS = 32;
    /** Stands for an argument that nobody has set; null is one that may be set. */
    private static final Pointer UNSET = Pointer.to(new int[1]);

    final String name;
    final String options;
    /** {@code clSetKernelArg} is not thread-safe: held from the first argument to the enqueue. */
    final Object lock = new Object();

    private final cl_program program;
    private final ClContext context;
    /** What the kernel's arguments point to, by their index. */
    private final Pointer[] arguments = new Pointer[MOST_ARGUMENTS];

    private ClProgram(
            String name, String options, cl_program program, cl_kernel kernel, ClContext context, Owner owner) {
        super("engine", kernel, owner);
        this.name = name;
        this.context = context;
        this.options = options;
        this.program = program;
        Arrays.fill(arguments, UNSET);
    }

    /** Takes a built program over, even when the kernel cannot be made. */
    static ClProgram of(String name, String options, cl_program program, ClContext context, Owner owner) {
        cl_kernel kernel;
        try {
            kernel = Cl.createKernel(program, name, about(name, options, context));
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, () -> Release.program(program, about(name, options, context)));
            throw e;
        }
        return owned(new ClProgram(name, options, program, kernel, context, owner));
    }

    /**
     * Sets an argument of the kernel unless it is set already: a program for text generation is given the same tensors for every token, and
     * each call through JOCL makes garbage. {@link #lock} is held. What {@code argument} points to must stay as it is.
     */
    void setArgument(cl_kernel kernel, int index, long size, Pointer argument) {
        if (arguments[index] != argument) {
            arguments[index] = UNSET;
            Cl.setArgument(kernel, index, size, argument, this);
            arguments[index] = argument;
        }
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
    long maxItems() {
        return info(CL.CL_KERNEL_WORK_GROUP_SIZE);
    }

    /** What a group's work-items should be a multiple of: on GPUs, those of a sub-group. */
    long lanes() {
        return info(CL.CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    }

    /** Local memory the compiled kernel uses, in bytes. */
    long localBytes() {
        return info(CL.CL_KERNEL_LOCAL_MEM_SIZE);
    }

    private long info(int what) {
        long[] number = new long[1];
        cl_kernel kernel = acquire();
        try {
            Cl.kernelInfo(kernel, context.deviceHandle, what, Sizeof.cl_long, Pointer.to(number), this);
        } finally {
            release();
        }
        return number[0];
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return about(name, options, context);
    }

    private static String about(String name, String options, ClContext context) {
        return name + ", " + options + ", on " + context.device.name();
    }
}
