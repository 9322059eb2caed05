package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/**
 * The main class of the process that {@link ChildCompiler} starts: reads programs, compiles them, writes what the
 * driver made of them. It ends when its input does, whatever it is doing then, or when nothing was asked for a while.
 */
public final class CompilerProcess {
    private static final long IDLE_SECONDS = 20;

    private final SynchronousQueue<CompilerRequest> requests = new SynchronousQueue<>();
    /**
     * By {@link CompilerRequest#identity}; empty where there is no such device. Kept, for PoCL shuts down with its last
     * context.
     */
    private final Map<String, Optional<Target>> targets = new HashMap<>();

    private record Target(cl_context context, cl_device_id device) {}

    private CompilerProcess() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        new CompilerProcess().run();
    }

    private void run() throws IOException, InterruptedException {
        Thread reader = new Thread(this::read, "requests");
        reader.setDaemon(true);
        reader.start();
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        CompilerRequest request = requests.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        while (request != null) {
            request.answer(out, compile(request).orElse(new byte[0]));
            request = requests.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        }
        Runtime.getRuntime().halt(0); // without the driver's own end, which has nothing to do here and may hang
    }

    /** On a thread of its own, which sees the end of the parent while a driver compiles. */
    private void read() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
            while (true) {
                requests.put(CompilerRequest.read(in));
            }
        } catch (IOException | InterruptedException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    /** What the driver made of it, or nothing: the parent then compiles it itself and says what is wrong. */
    private Optional<byte[]> compile(CompilerRequest request) {
        Optional<Target> target = targets.get(request.device());
        if (target == null) {
            target = find(request.device());
            targets.put(request.device(), target);
        }
        return target.isEmpty() ? Optional.empty() : compile(target.get(), request);
    }

    private static Optional<Target> find(String identity) {
        for (OpenCl.Found found : DeviceSearch.run().found()) {
            Device device = found.device();
            if (CompilerRequest.identity(device).equals(identity)) {
                cl_context_properties properties = new cl_context_properties();
                properties.addProperty(CL.CL_CONTEXT_PLATFORM, found.platform());
                cl_device_id[] devices = {found.handle()};
                int[] code = new int[1];
                cl_context context = CL.clCreateContext(properties, 1, devices, null, null, code);
                return code[0] == CL.CL_SUCCESS ? Optional.of(new Target(context, found.handle())) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<byte[]> compile(Target target, CompilerRequest request) {
        int[] code = new int[1];
        String[] sources = {request.source()};
        cl_program program = CL.clCreateProgramWithSource(target.context(), 1, sources, null, code);
        if (code[0] != CL.CL_SUCCESS) {
            return Optional.empty();
        }
        try {
            cl_device_id[] devices = {target.device()};
            int built = request.object()
                    ? CL.clCompileProgram(program, 1, devices, request.options(), 0, null, null, null, null)
                    : CL.clBuildProgram(program, 1, devices, request.options(), null, null);
            return built == CL.CL_SUCCESS ? ProgramCache.binary(program) : Optional.empty();
        } finally {
            CL.clReleaseProgram(program);
        }
    }
}
