package io.github.attention4j.internal.opencl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * NVIDIA's compiler for OpenCL writes PTX for {@code sm_90}, in which the instructions of
 * {@code lib/matrix/units/wgmma.clh} are not allowed; the driver then assembles it for {@code sm_90a}, which has them
 * (driver 580). So the kernel has them as marked comments, and this makes instructions of them, in the program that the
 * driver gives out as PTX and takes back.
 */
final class Hopper {
    private static final String MARK = "//@ ";
    private static final Pattern TARGET = Pattern.compile("\\.target sm_90\\b(?!a)");

    private Hopper() {}

    /** The program with its marked instructions, for a chip that has them; empty if there are none in it. */
    static Optional<byte[]> withInstructions(byte[] program) {
        String ptx = new String(program, StandardCharsets.ISO_8859_1);
        if (!ptx.contains(MARK)) {
            return Optional.empty();
        }
        String made = TARGET.matcher(ptx).replaceFirst(".target sm_90a").replace(MARK, "");
        return Optional.of(made.getBytes(StandardCharsets.ISO_8859_1));
    }
}
