package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.io.File;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PoCL and NVIDIA's driver compile with LLVM inside the process, and LLVM puts a one-shot handler of its own before the JVM's for SIGSEGV, the
 * signal by which the JVM stops its threads for garbage collection. Two threads that stop at the same moment then kill the JVM, far from any
 * OpenCL call: seldom on PoCL; on NVIDIA's driver 580, three of three runs that built five programs and computed in between. The JVM's own remedy is its library for chaining signal handlers, which must be loaded before everything else; a library
 * cannot do that after the start, but it can say so.
 */
final class SignalChaining {
    private static final String NVIDIA = "NVIDIA CUDA";
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private SignalChaining() {}

    /** Warns once in a JVM that runs such a driver without signal chaining. */
    static void recommendFor(Device device) {
        String advice = SAID.get() ? null : advice(device);
        if (advice != null && SAID.compareAndSet(false, true)) {
            Log.LOG.warn(advice);
        }
    }

    /** What a user of this device should do, or null. */
    static String advice(Device device) {
        // a File and no Path, which this need not be in every locale
        File library = new File(System.getProperty("java.home"), "lib/libjsig.so");
        if (!isNeeded(device.platform(), SystemLibraries.loaded(), library.exists())) {
            return null;
        }
        return "The compiler of " + (device.platform().startsWith(NVIDIA) ? "NVIDIA's driver" : "PoCL")
                + " replaces a signal handler that this JVM needs, which can crash it during garbage collection."
                + " Start the JVM with the environment variable LD_PRELOAD=" + library + " to rule that out.";
    }

    /** Apart, because advice is given without a logger, too. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(SignalChaining.class);
    }

    static boolean isNeeded(String platform, String loadedLibraries, boolean canBeLoaded) {
        return Quirks.of(platform, "", "").takesSignals() && canBeLoaded && !loadedLibraries.contains("libjsig");
    }
}
