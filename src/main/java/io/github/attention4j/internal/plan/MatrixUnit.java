package io.github.attention4j.internal.plan;

import io.github.attention4j.Device;

/**
 * A kind of matrix unit that {@code attn_forward_matrix} knows; the numbers are those of {@code kernels/lib/matrix/units/unit.clh}. The unit's number
 * there is the position here, counted from 1.
 */
public enum MatrixUnit {
    /** NVIDIA from compute capability 8.0 on; on 9.0 beside {@link #WGMMA}. */
    MMA(32, 16, 32, 8, Shuffle.NVIDIA),
    /** AMD CDNA: gfx90a and gfx942. */
    MFMA(64, 16, 32, 8, Shuffle.AMD),
    /** AMD RDNA 3: gfx11. */
    WMMA(32, 16, 32, 8, Shuffle.AMD),
    /** AMD RDNA 4: gfx12. */
    WMMA12(32, 16, 32, 4, Shuffle.AMD),
    /** Intel, where the smallest sub-group has 8 lanes. */
    DPAS8(8, 8, 0, 8, Shuffle.NONE),
    /** Intel, where the smallest sub-group has 16 lanes. */
    DPAS16(16, 16, 0, 8, Shuffle.NONE),
    /** NVIDIA of compute capability 9.0: four sub-groups together, see {@code lib/matrix/units/wgmma.clh}. */
    WGMMA(32, 16, 0, 0, Shuffle.NVIDIA);

    /** What a device must report, for messages. */
    static final String KNOWN =
            "NVIDIA from compute capability 8.0, AMD gfx90a, gfx942, gfx11 and gfx12, and Intel with"
                    + " cl_intel_subgroup_matrix_multiply_accumulate have one that is known";

    /** Work-items of a sub-group. */
    final int lanes;
    /** Queries of a sub-group. */
    final int rows;
    /** Words of queries a lane keeps in registers; longer rows stay in local memory. */
    final int keptWords;
    /** Elements more in a row of values in local memory. */
    final int valuePad;
    /** How its lanes exchange numbers. */
    final Shuffle shuffle;

    MatrixUnit(int lanes, int rows, int keptWords, int valuePad, Shuffle shuffle) {
        this.lanes = lanes;
        this.rows = rows;
        this.keptWords = keptWords;
        this.valuePad = valuePad;
        this.shuffle = shuffle;
    }

    /** Words of a lane's fragment of 16 columns of queries. */
    int rowWords() {
        return switch (this) {
            case MMA, WMMA12, WGMMA -> 4;
            case MFMA -> 2;
            case WMMA, DPAS8, DPAS16 -> 8;
        };
    }

    /** Whether a device has it, as its best unit or beside it. */
    boolean isOn(Device device) {
        MatrixUnit best = of(device);
        return best == this || this == MMA && best == WGMMA;
    }

    /** Whether the compiler needs to be told to give each lane twice the registers. */
    boolean wantsLargeRegisterFile() {
        return this == DPAS8 || this == DPAS16;
    }

    /** The unit of a device, or null if it has none that is known. */
    static MatrixUnit of(Device device) {
        return device.matrixUnit().isEmpty() || device.type() == Device.Type.CPU ? null : valueOf(device.matrixUnit());
    }

    /**
     * What {@link Device#matrixUnit()} is for a GPU.
     *
     * @param device the GPU's name
     * @param extensions its extensions, separated by spaces
     * @param computeCapability NVIDIA's, the number before the point; 0 elsewhere
     * @param smallestSubGroup the least size of a sub-group on an Intel device; 0 elsewhere
     */
    public static String name(String device, String extensions, int computeCapability, int smallestSubGroup) {
        if (computeCapability >= 8) {
            return computeCapability == 9 ? WGMMA.name() : MMA.name();
        }
        if (isChip(device, "gfx90a") || isChip(device, "gfx942")) {
            return MFMA.name();
        }
        if (device.startsWith("gfx11")) {
            return WMMA.name();
        }
        if (device.startsWith("gfx12")) {
            return WMMA12.name();
        }
        boolean isIntels = extensions.contains("cl_intel_subgroup_matrix_multiply_accumulate");
        if (isIntels && (smallestSubGroup == 8 || smallestSubGroup == 16)) {
            return smallestSubGroup == 8 ? DPAS8.name() : DPAS16.name();
        }
        return "";
    }

    /** AMD's names may go on with features, as in {@code gfx90a:sramecc+:xnack-}. */
    private static boolean isChip(String name, String chip) {
        return name.equals(chip) || name.startsWith(chip + ":");
    }
}
