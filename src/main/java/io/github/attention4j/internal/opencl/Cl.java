package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jocl.CL;
import org.jocl.CLException;

/**
 * Calls into the driver, with every error code turned into a {@link DeviceException}. JOCL's own exceptions are a JVM-wide switch that
 * belongs to the user, so both ways of reporting an error are understood here and the switch is left alone.
 */
final class Cl {
    private Cl() {}

    /** Runs a call that returns an error code; {@code about} names kernel, sizes and device, and is only asked on failure. */
    static void run(String call, Supplier<String> about, IntSupplier body) {
        int code = code(body);
        if (code != CL.CL_SUCCESS) {
            throw failure(call, code, about.get());
        }
    }

    /** Runs a call that makes an object and returns the code through an array. */
    static <T> T create(String call, Supplier<String> about, Function<int[], T> body) {
        int[] code = new int[1];
        T made = null;
        try {
            made = body.apply(code);
        } catch (CLException e) {
            code[0] = e.getStatus();
        }
        if (code[0] != CL.CL_SUCCESS || made == null) {
            throw failure(call, code[0], about.get());
        }
        return made;
    }

    /** The error code of a call, however JOCL is set to report it. */
    static int code(IntSupplier body) {
        try {
            return body.getAsInt();
        } catch (CLException e) {
            return e.getStatus();
        }
    }

    /** {@code "clFinish failed with CL_OUT_OF_RESOURCES (-5): …"}. */
    static DeviceException failure(String call, int code, String about) {
        return new DeviceException(call + " failed with " + CL.stringFor_errorCode(code) + " (" + code + "): " + about);
    }
}
