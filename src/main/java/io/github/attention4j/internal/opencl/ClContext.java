package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.util.Set;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/** A context on one device, with everything that was made in it. */
final class ClContext implements AutoCloseable {
    final Device device;
    /** What the device's driver may be asked. */
    final Quirks quirks;

    final cl_context handle;
    final cl_device_id deviceHandle;
    /** Streams, tensors and events to be closed with the engine. */
    final Set<AutoCloseable> owned = Native.owner();

    private final Native<cl_context> reference;

    private ClContext(Device device, cl_device_id deviceHandle, cl_context handle) {
        this.device = device;
        this.quirks = Quirks.of(device.platform(), device.name(), device.driver());
        this.deviceHandle = deviceHandle;
        this.handle = handle;
        this.reference = new Native<>("engine", handle, Native.owner()) {
            @Override
            void free(cl_context handle) {
                CL.clReleaseContext(handle);
            }
        };
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
        return Cl.createQueue(handle, deviceHandle, CL.CL_QUEUE_PROFILING_ENABLE, device.name());
    }

    @Override
    public void close() {
        closeAll(owned);
        reference.close();
    }

    static void closeAll(Set<AutoCloseable> owned) {
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
