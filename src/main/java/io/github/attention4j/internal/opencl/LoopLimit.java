package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mesa's llvmpipe ends the loops of a work-item after 65,535 rounds in all, without an error (its
 * LP_MAX_TGSI_LOOP_ITERATIONS). How many rounds a call takes depends on masks and lengths that are known on the device
 * only, so the engine cannot refuse those that are too long.
 */
final class LoopLimit {
    private static final Logger LOG = LoggerFactory.getLogger(LoopLimit.class);
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private LoopLimit() {}

    /** Warns once in a JVM that opens such a device. */
    static void warnOf(Device device) {
        if (isLimited(device.name()) && SAID.compareAndSet(false, true)) {
            LOG.warn(
                    "{} ends loops after 65,535 rounds and then gives wrong answers without an error: it is for tests of small problems."
                            + " Use another OpenCL driver, such as PoCL, or AttentionEngine.open(\"java\").",
                    device.name());
        }
    }

    static boolean isLimited(String deviceName) {
        return Quirks.of("", deviceName, "").loopRounds() > 0;
    }
}
