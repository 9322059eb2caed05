package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Programs whose compiler ran in a child process, where {@link SignalChaining} wants that. */
final class ChildPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(ChildPrograms.class);

    private ChildPrograms() {}

    /** The built program, or null: it is to be built in this process. */
    static cl_program build(ClContext context, String source, String options) {
        Device device = context.device;
        if (!SignalChaining.takesChild(context.quirks) || Hopper.isNeeded(source, options)) {
            return null; // Hopper asks the driver for a program's text, which one that was loaded need not have
        }
        boolean object = SignalChaining.givesObjects(context.quirks);
        Optional<byte[]> compiled = ChildCompiler.shared().compile(device, source, options, object);
        if (compiled.isEmpty()) {
            return null;
        }
        try {
            cl_program program =
                    Cl.createProgram(context.handle, context.deviceHandle, compiled.get(), "a compiled program");
            cl_program ready = object ? link(context, program) : build(context, program, options);
            if (ready == null) {
                LOG.debug("the driver does not take what it compiled in a child process");
            }
            return ready;
        } catch (DeviceException e) {
            LOG.debug("the driver does not take what it compiled in a child process: {}", e.getMessage());
            return null;
        }
    }

    private static cl_program link(ClContext context, cl_program compiled) {
        try {
            return Cl.link(context.handle, context.deviceHandle, compiled);
        } finally {
            CL.clReleaseProgram(compiled);
        }
    }

    private static cl_program build(ClContext context, cl_program program, String options) {
        if (SignalChaining.build(context, program, options) == CL.CL_SUCCESS) {
            return program;
        }
        CL.clReleaseProgram(program);
        return null;
    }
}
