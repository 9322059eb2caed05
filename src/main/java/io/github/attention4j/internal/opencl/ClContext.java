package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/** A context on one device, with everything that was made in it. */
final class ClContext extends Native<cl_context> {
    final Device device;
    /** What the device's driver may be asked. */
    final Quirks quirks;
    /**
     * Of a device that is there as long as the driver, or of the caller's, which the context keeps: to be used while
     * that is held.
     */
    final cl_device_id deviceHandle;
    /** Streams, tensors and events to be closed with the engine. */
    final Owner owned = new Owner();
    /** What streams that are closed leave to the driver. */
    final ClosedQueues closedQueues;

    private ClContext(Device device, cl_device_id deviceHandle, cl_context handle) {
        super("engine", handle, new Owner());
        this.device = device;
        this.quirks = Quirks.of(device);
        this.deviceHandle = deviceHandle;
        this.closedQueues = new ClosedQueues(quirks.queueMillis(), device.name());
    }

    /** A context of our own. */
    static ClContext make(OpenCl.Found found) {
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, found.platform());
        cl_context context =
                Cl.createContext(properties, found.handle(), found.device().name());
        return new ClContext(found.device(), found.handle(), context);
    }

    /** A context of the caller's: retained here, so that closing the engine gives back only what the engine took. */
    static ClContext share(Device device, cl_device_id deviceHandle, cl_context context) {
        Cl.retainContext(context, device.name());
        return new ClContext(device, deviceHandle, context);
    }

    /** A new in-order queue that can time its commands. */
    cl_command_queue newQueue() {
        cl_context context = acquire();
        try {
            return Cl.createQueue(context, deviceHandle, CL.CL_QUEUE_PROFILING_ENABLE, device.name());
        } finally {
            release();
        }
    }

    @Override
    void free(cl_context context) {
        Failures failures = new Failures();
        failures.close(closedQueues);
        try {
            Release.context(context, device.name());
        } catch (RuntimeException e) {
            failures.add(e);
        }
        failures.throwFirst();
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        failures.close(owned);
        try {
            super.close();
        } catch (RuntimeException e) {
            failures.add(e);
        }
        failures.throwFirst();
    }
}
