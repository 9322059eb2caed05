package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.io.File;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jocl.CL;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PoCL and NVIDIA's driver compile with LLVM inside the process, and LLVM takes over SIGSEGV, by which the JVM stops
 * its threads for garbage collection. What is done about it, best first: libjsig, the JDK's library that chains signal
 * handlers, where the JVM was started with it; compiling in a child process ({@link ChildCompiler}), so that this
 * process never has LLVM's handlers while it works; giving the handlers back after each build ({@link SignalHandlers}),
 * which leaves the time of the build itself.
 */
public final class SignalChaining {
    private static final int BUILDS = 3;
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private SignalChaining() {}

    /** Apart, because a diagnosis must do without a logger. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(SignalChaining.class);
    }

    /** Whether programs for a driver are to be compiled in a child process. */
    static boolean takesChild(Quirks quirks) {
        return quirks.takesSignals()
                && SignalHandlers.isActive()
                && ChildCompiler.whyNot().isEmpty();
    }

    /**
     * Whether a child process gives out programs before they are linked: on PoCL, whose code for a size of work-groups
     * is made by whoever launches it, and without clang, which is what takes the handlers (3.1, 6.0, 7.1). Asked for a
     * whole program, PoCL 6.0 ends the process in some cases.
     */
    static boolean givesObjects(Quirks quirks) {
        return !quirks.isNvidiaPtx();
    }

    /** Builds in this process and returns the error code, with the JVM's signal handlers in place again. */
    static int build(ClContext context, cl_program program, String options) {
        return build(context.quirks, () -> Cl.build(program, context.deviceHandle, options));
    }

    /** The same for any call that builds and returns OpenCL's error code; it may be made again. */
    public static int build(Quirks quirks, IntSupplier call) {
        if (!quirks.takesSignals() || !SignalHandlers.isActive()) {
            return call.getAsInt();
        }
        for (int attempt = 1; true; attempt++) {
            SignalHandlers.Watch handlers = SignalHandlers.watch(false);
            try {
                int code = call.getAsInt();
                // Where LLVM's handlers are gone by now, one was hit and deleted the files that were being written.
                if (code == CL.CL_SUCCESS || attempt == BUILDS || SignalHandlers.areReplaced()) {
                    return code;
                }
            } finally {
                handlers.close();
            }
            Log.LOG.debug("a build failed during a garbage collection; building again");
        }
    }

    /**
     * One line about what keeps the driver's signal handlers and the JVM's apart here; empty where the driver has none.
     */
    static String protection(Device device) {
        Quirks quirks = Quirks.of(device);
        if (!quirks.takesSignals()) {
            return "";
        }
        if (SignalHandlers.isChained()) {
            return "chained by libjsig";
        }
        if (!SignalHandlers.isActive()) {
            return "nothing is known of them on " + System.getProperty("os.name");
        }
        String obstacle = ChildCompiler.whyNot();
        if (obstacle.isEmpty()) {
            return "the JVM's; programs are compiled in a child process"
                    + (quirks.isNvidiaPtx() ? ", those with Hopper's instructions in this one" : "");
        }
        return "given back to the JVM after each program is compiled in its process, since " + obstacle
                + "; until then a garbage collection can end it, unless it is started with " + preload();
    }

    /** Warns once in a JVM that compiles with such a driver inside its process. */
    static void warnOfBuildingHere(Quirks quirks) {
        if (!quirks.takesSignals() || !SignalHandlers.isActive()) {
            return;
        }
        String obstacle = ChildCompiler.whyNot();
        if (!obstacle.isEmpty() && SAID.compareAndSet(false, true)) {
            Log.LOG.warn(
                    "The compiler of {} runs inside this JVM, since {}. It replaces signal handlers that the JVM needs, so that a garbage collection"
                            + " at the same time can end it. Start the JVM with {} to rule that out.",
                    quirks.driver(),
                    obstacle,
                    preload());
        }
    }

    private static String preload() {
        File library = library();
        return library.exists()
                ? "the environment variable LD_PRELOAD=" + library
                : "libjsig.so of a full JDK before it (environment variable LD_PRELOAD)";
    }

    /**
     * Where the JVM's own library for chaining is, if there is one. A File and no Path, which this need not be in every
     * locale.
     */
    static File library() {
        return new File(System.getProperty("java.home"), "lib/libjsig.so");
    }
}
