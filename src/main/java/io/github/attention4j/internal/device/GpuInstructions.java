package io.github.attention4j.internal.device;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import java.util.EnumSet;
import java.util.Set;

/** Which matrix units a GPU has, by what it says of itself. */
public final class GpuInstructions {
    /**
     * The units of all makers by one name, of which there is a draft: OpenCL-Docs, pull request 1533. Where a kernel
     * for it comes, a device that names it is one more row of {@link #of}; what it answers is checked before it is
     * used, as of every driver that is not known.
     */
    private static final String COOPERATIVE = "cl_khr_cooperative_matrix";

    private static final String KNOWN =
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

    /** Why a device has none that is known. */
    public static String whyNone(Device device) {
        boolean isCooperative = (" " + device.extensions() + " ").contains(" " + COOPERATIVE + " ");
        return device.name() + " reports no matrix unit; " + KNOWN
                + (isCooperative ? "; it names " + COOPERATIVE + ", a draft, for which there is no kernel yet" : "");
    }

    /** AMD's names may go on with features, as in {@code gfx90a:sramecc+:xnack-}. */
    private static boolean isChip(String name, String chip) {
        return name.equals(chip) || name.startsWith(chip + ":");
    }
}
