package io.github.attention4j.internal.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * What a buffer of the caller's says of itself.
 *
 * @param bytes its size
 * @param flags how it was made
 * @param whole the buffer that it is a part of, or itself
 * @param offset where it begins in that
 */
record CallersBuffer(long bytes, long flags, cl_mem whole, long offset) {
    /**
     * Asks an object of memory that must be a buffer of a context.
     *
     * @param about names it and the device in a message
     */
    static CallersBuffer of(cl_mem memory, cl_context context, Object about) {
        int[] type = new int[1];
        Cl.memoryInfo(memory, CL.CL_MEM_TYPE, Sizeof.cl_int, Pointer.to(type), about);
        if (type[0] != CL.CL_MEM_OBJECT_BUFFER) {
            throw new IllegalArgumentException("memory must be a buffer, but is a "
                    + CL.stringFor_cl_mem_object_type(type[0]) + "; make one with clCreateBuffer");
        }
        cl_context itsContext = new cl_context();
        Cl.memoryInfo(memory, CL.CL_MEM_CONTEXT, Sizeof.cl_context, Pointer.to(itsContext), about);
        if (!itsContext.equals(context)) {
            throw new IllegalArgumentException("memory must be of the engine's context, " + context + ", but is of "
                    + itsContext + "; open the engine over that: AttentionEngine.open(context, queue, options)");
        }
        cl_mem whole = new cl_mem();
        Cl.memoryInfo(memory, CL.CL_MEM_ASSOCIATED_MEMOBJECT, Sizeof.cl_mem, Pointer.to(whole), about);
        boolean isPart = whole.getNativePointer() != 0;
        return new CallersBuffer(
                number(memory, CL.CL_MEM_SIZE, about),
                number(memory, CL.CL_MEM_FLAGS, about),
                isPart ? whole : memory,
                isPart ? number(memory, CL.CL_MEM_OFFSET, about) : 0);
    }

    private static long number(cl_mem memory, int what, Object about) {
        long[] number = new long[1];
        Cl.memoryInfo(memory, what, Sizeof.cl_long, Pointer.to(number), about);
        return number[0];
    }
}
