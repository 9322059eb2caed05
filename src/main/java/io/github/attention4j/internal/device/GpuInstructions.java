package io.github.attention4j.internal.device;

import io.github.attention4j.Instruction;
import java.util.EnumSet;
import java.util.Set;

/** Which matrix units a GPU has, by what it says of itself. */
public final class GpuInstructions {
    /** What a device must report, for messages. */
    public static final String KNOWN =
            "NVIDIA from compute capability 8.0, AMD gfx90a, gfx942, gfx11 and gfx12, and Intel with"
                    + " cl_intel_subgroup_matrix_multiply_accumulate have one that is known";

    private GpuInstructions() {}

    /**
     * The units; none if none is known.
     *
     * @param device the GPU's name
     * @param extensions its extensions, separated by spaces
     * @param computeCapability NVIDIA's, the number before the point; 0 elsewhere
     * @param smallestSubGroup the least size of a sub-group on an Intel device; 0 elsewhere
     */
    public static Set<Instruction> of(String device, String extensions, int computeCapability, int smallestSubGroup) {
        EnumSet<Instruction> found = EnumSet.noneOf(Instruction.class);
        boolean isIntels = extensions.contains("cl_intel_subgroup_matrix_multiply_accumulate");
        if (computeCapability >= 8) {
            found.add(Instruction.MMA);
            if (computeCapability == 9) { // only there: later chips have another unit in its place
                found.add(Instruction.WGMMA);
            }
        } else if (isChip(device, "gfx90a") || isChip(device, "gfx942")) {
            found.add(Instruction.MFMA);
        } else if (device.startsWith("gfx11")) {
            found.add(Instruction.WMMA);
        } else if (device.startsWith("gfx12")) {
            found.add(Instruction.WMMA12);
        } else if (isIntels && smallestSubGroup == 8) {
            found.add(Instruction.DPAS8);
        } else if (isIntels && smallestSubGroup == 16) {
            found.add(Instruction.DPAS16);
        }
        return found;
    }

    /** AMD's names may go on with features, as in {@code gfx90a:sramecc+:xnack-}. */
    private static boolean isChip(String name, String chip) {
        return name.equals(chip) || name.startsWith(chip + ":");
    }
}
