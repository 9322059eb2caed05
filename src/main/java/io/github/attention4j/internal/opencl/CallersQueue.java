package io.github.attention4j.internal.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;

/**
 * What a queue of the caller's says of itself.
 *
 * @param device its device
 * @param isInOrder whether its commands run in the order in which they are enqueued
 */
record CallersQueue(cl_device_id device, boolean isInOrder) {
    private static final Object ABOUT = "the queue given";

    /**
     * Asks a queue that must be of a context.
     *
     * @param whose what messages call the context
     */
    static CallersQueue of(cl_command_queue queue, cl_context context, String whose) {
        cl_context itsContext = new cl_context();
        Cl.queueInfo(queue, CL.CL_QUEUE_CONTEXT, Sizeof.cl_context, Pointer.to(itsContext), ABOUT);
        if (!itsContext.equals(context)) {
            throw new IllegalArgumentException("queue must be of " + whose + ", " + context + ", but is of "
                    + itsContext + "; make one with clCreateCommandQueue(context, ...)");
        }
        cl_device_id device = new cl_device_id();
        Cl.queueInfo(queue, CL.CL_QUEUE_DEVICE, Sizeof.cl_device_id, Pointer.to(device), ABOUT);
        long[] properties = new long[1];
        Cl.queueInfo(queue, CL.CL_QUEUE_PROPERTIES, Sizeof.cl_long, Pointer.to(properties), ABOUT);
        return new CallersQueue(device, (properties[0] & CL.CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) == 0);
    }
}
