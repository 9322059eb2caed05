package io.github.attention4j.internal.plan.family;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.CpuInstructions;
import java.util.Locale;
import java.util.Optional;

/** A way to multiply short numbers on processors: a list of them begins with none and ends with what is best. */
public interface Product {
    /** The instruction that it needs, which is inline assembly in the kernel; null for none. */
    Instruction instruction();

    /** Its instruction's name, as assemblers have it. */
    default String instructionName() {
        return instruction().name().toLowerCase(Locale.ROOT);
    }

    /** Why a device cannot do it, or empty. */
    default Optional<String> deviceObstacle(Device device) {
        String obstacle = instruction() == null ? "" : CpuInstructions.obstacle(instruction(), device);
        return obstacle.isEmpty() ? Optional.empty() : Optional.of(obstacle);
    }

    /** The best with an instruction that a device has; the first of all if there is none. */
    static <P extends Product> P best(P[] all, Device device) {
        P best = all[0];
        for (P product : all) {
            best = product.instruction() != null
                            && product.deviceObstacle(device).isEmpty()
                    ? product
                    : best;
        }
        return best;
    }
}
