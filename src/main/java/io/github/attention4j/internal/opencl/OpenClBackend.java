package io.github.attention4j.internal.opencl;

import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.Backend;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;

/** An OpenCL device. */
public abstract class OpenClBackend implements Backend {
    public static Backend open(String id, EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    public static Backend over(cl_context context, cl_command_queue queue, EngineOptions options) {
        throw new UnsupportedOperationException();
    }
}
