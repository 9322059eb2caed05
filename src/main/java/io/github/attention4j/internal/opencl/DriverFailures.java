package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import io.github.attention4j.internal.Obstacle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What it means that a driver has no device, or fails when it is asked. */
public final class DriverFailures {
    private static final String ANOTHER =
            "The driver itself is at fault: look for its own messages (dmesg), install it again, or let"
                    + " OCL_ICD_VENDORS name a folder with the .icd files of other drivers.";

    private DriverFailures() {}

    /** A driver that fails when it is asked for its devices. */
    static Obstacle ofDriver(String platform, RuntimeException failure) {
        return new Obstacle("the OpenCL driver " + platform + " fails: " + text(failure), ANOTHER, failure);
    }

    /** A device that fails when it is asked what it is, or gives an answer that makes no sense. */
    static Obstacle ofDevice(String platform, int number, RuntimeException failure) {
        String cause = "device " + number + " of the OpenCL driver " + platform + " fails: " + text(failure);
        return new Obstacle(cause, ANOTHER, failure);
    }

    /** A device that can be found and not opened. */
    public static Obstacle ofOpening(String device, RuntimeException failure) {
        return new Obstacle(device + " cannot be opened: " + text(failure), ANOTHER, failure);
    }

    static Obstacle of(RuntimeException failure) {
        return new Obstacle("the OpenCL library fails: " + text(failure), ANOTHER, failure);
    }

    /** A driver that works and has nothing to drive. */
    static Obstacle noDevice(String platform) {
        String cause = "the OpenCL driver " + platform + " has no device";
        if (platform.equalsIgnoreCase("rusticl")) {
            return new Obstacle(
                    cause,
                    "Mesa's driver uses what the environment variable RUSTICL_ENABLE names, such as RUSTICL_ENABLE=radeonsi, iris or llvmpipe.");
        }
        for (String variable :
                new String[] {"POCL_DEVICES", "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"}) {
            String value = System.getenv(variable);
            if (value != null && isAbout(variable, platform)) {
                return new Obstacle(
                        cause,
                        "The environment variable " + variable + "=" + value + " chooses its devices; unset it.");
            }
        }
        Path closed = closedGpu();
        if (closed != null) {
            return new Obstacle(
                    cause + ", and this user may not open the GPU " + closed,
                    "As root: usermod -a -G render,video $USER, then log in again; in a container: --device /dev/dri and its group.");
        }
        return new Obstacle(cause, IcdLoader.INSTALL);
    }

    private static boolean isAbout(String variable, String platform) {
        String of = variable.startsWith("POCL")
                ? PoclNeeds.PLATFORM
                : variable.startsWith("CUDA") ? "NVIDIA" : variable.startsWith("ROCR") ? "AMD" : "Intel";
        return platform.contains(of);
    }

    /** A GPU's file that this user may not open, or null. */
    private static Path closedGpu() {
        try (DirectoryStream<Path> gpus = Files.newDirectoryStream(Path.of("/dev/dri"), "renderD*")) {
            for (Path gpu : gpus) {
                if (!Files.isReadable(gpu) || !Files.isWritable(gpu)) {
                    return gpu;
                }
            }
        } catch (IOException | SecurityException e) {
            return null; // no GPU, or not Linux
        }
        return null;
    }

    private static String text(RuntimeException failure) {
        return failure instanceof DeviceException ? failure.getMessage() : failure.toString();
    }
}
