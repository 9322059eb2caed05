package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.internal.kernel.KernelOptions;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Programs whose compiler ran in a child process, where {@link SignalChaining} wants that. */
final class ChildPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(ChildPrograms.class);

    private ChildPrograms() {}

    /** The built program, or null: it is to be built in this process. */
    static cl_program build(cl_context held, ClContext context, String source, KernelOptions kernel) {
        String options = kernel.text();
        Device device = context.device;
        if (!SignalChaining.takesChild(context.quirks) || kernel.hasMarkedInstructions()) {
            return null; // Hopper asks the driver for a program's text, which one that was loaded need not have
        }
        boolean object = SignalChaining.givesObjects(context.quirks);
        Optional<byte[]> compiled = ChildCompiler.shared().compile(device, source, options, object);
        if (compiled.isEmpty()) {
            return null;
        }
        try {
            cl_program program = Cl.createProgram(held, context.deviceHandle, compiled.get(), about(context));
            cl_program ready = object ? link(held, context, program) : build(context, program, options);
            if (ready == null) {
                LOG.debug("the driver does not take what it compiled in a child process");
            }
            return ready;
        } catch (DeviceException e) {
            LOG.debug("the driver does not take what it compiled in a child process: {}", e.getMessage());
            return null;
        }
    }

    private static cl_program link(cl_context held, ClContext context, cl_program compiled) {
        cl_program linked;
        try {
            linked = Cl.link(held, context.deviceHandle, compiled);
        } catch (RuntimeException e) {
            Failures.closeAfter(e, () -> Release.program(compiled, about(context)));
            throw e;
        }
        try {
            Release.program(compiled, about(context));
        } catch (RuntimeException e) {
            Failures.closeAfter(e, () -> Release.program(linked, about(context)));
            throw e;
        }
        return linked;
    }

    private static cl_program build(ClContext context, cl_program program, String options) {
        if (SignalChaining.build(context, program, options) == CL.CL_SUCCESS) {
            return program;
        }
        Release.program(program, about(context));
        return null;
    }

    private static String about(ClContext context) {
        return "a program compiled in a child process, on " + context.device.name();
    }
}
