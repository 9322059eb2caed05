package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jocl.CL;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PoCL and NVIDIA's driver compile with LLVM inside the process, and LLVM takes over SIGSEGV, by which the JVM stops its threads for garbage
 * collection. What is done about it, best first: libjsig, the JDK's library that chains signal handlers, where the JVM was started with it;
 * compiling in a child process ({@link ChildCompiler}), so that this process never has LLVM's handlers while it works; giving the handlers back
 * after each build ({@link SignalHandlers}), which leaves the time of the build itself.
 */
final class SignalChaining {
    private static final Logger LOG = LoggerFactory.getLogger(SignalChaining.class);
    private static final String POCL = "Portable Computing Language";
    private static final String NVIDIA = "NVIDIA CUDA";
    private static final int BUILDS = 3;
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private SignalChaining() {}

    /** Whether the driver of this platform compiles with LLVM in the process. */
    static boolean isNeeded(String platform) {
        return platform.startsWith(POCL) || platform.startsWith(NVIDIA);
    }

    /** Whether programs for the driver of this platform are to be compiled in a child process. */
    static boolean takesChild(String platform) {
        return isNeeded(platform)
                && SignalHandlers.isActive()
                && ChildCompiler.whyNot().isEmpty();
    }

    /**
     * Whether a child process gives out programs before they are linked: on PoCL, whose code for a size of work-groups is made by whoever launches
     * it, and without clang, which is what takes the handlers (3.1, 6.0, 7.1). Asked for a whole program, PoCL 6.0 ends the process in some cases.
     */
    static boolean givesObjects(String platform) {
        return platform.startsWith(POCL);
    }

    /** Builds in this process and returns the error code, with the JVM's signal handlers in place again. */
    static int build(ClContext context, cl_program program, String options) {
        if (!SignalHandlers.isActive() || !isNeeded(context.device.platform())) {
            return Cl.build(program, context.deviceHandle, options);
        }
        for (int attempt = 1; true; attempt++) {
            SignalHandlers.Watch handlers = SignalHandlers.watch(false);
            try {
                int code = Cl.build(program, context.deviceHandle, options);
                // Where LLVM's handlers are gone by now, one was hit and deleted the files that were being written.
                if (code == CL.CL_SUCCESS || attempt == BUILDS || SignalHandlers.areReplaced()) {
                    return code;
                }
            } finally {
                handlers.close();
            }
            LOG.debug("a build failed during a garbage collection; building again");
        }
    }

    /** One sentence about what keeps the driver's handlers and the JVM's apart here; empty where the driver has none. */
    static String protection(Device device) {
        if (!isNeeded(device.platform())) {
            return "";
        }
        if (SignalHandlers.isChained()) {
            return "signal handlers: chained by libjsig";
        }
        if (!SignalHandlers.isActive()) {
            return "signal handlers: nothing is known of them on " + System.getProperty("os.name");
        }
        String obstacle = ChildCompiler.whyNot();
        if (obstacle.isEmpty()) {
            return "signal handlers: the JVM's; programs are compiled in a child process"
                    + (device.platform().startsWith(NVIDIA) ? ", those with Hopper's instructions in this one" : "");
        }
        return "signal handlers: given back to the JVM after each program is compiled in its process, since " + obstacle
                + "; until then a garbage collection can end it, unless it is started with " + preload();
    }

    /** Warns once in a JVM that compiles with such a driver inside its process. */
    static void warnOfBuildingHere(Device device) {
        boolean warns = SignalHandlers.isActive()
                && isNeeded(device.platform())
                && !ChildCompiler.whyNot().isEmpty();
        if (warns && SAID.compareAndSet(false, true)) {
            LOG.warn(
                    "The compiler of {} runs inside this JVM, since {}. It replaces signal handlers that the JVM needs, so that a garbage collection"
                            + " at the same time can end it. Start the JVM with {} to rule that out.",
                    device.platform().startsWith(NVIDIA) ? "NVIDIA's driver" : "PoCL",
                    ChildCompiler.whyNot(),
                    preload());
        }
    }

    private static String preload() {
        Path library = library();
        return Files.exists(library)
                ? "the environment variable LD_PRELOAD=" + library
                : "libjsig.so of a full JDK before it (environment variable LD_PRELOAD)";
    }

    /** Where the JVM's own library for chaining is, if there is one. */
    static Path library() {
        return Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    }
}
