package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.Shuffle;

/**
 * A kind of matrix unit that {@code attn_forward_matrix} knows; the numbers are those of
 * {@code kernels/lib/matrix/units/unit.clh}. The unit's number there is the position here, counted from 1.
 */
public enum MatrixUnit {
    /** NVIDIA from compute capability 8.0 on; on 9.0 beside {@link #WGMMA}. */
    MMA(Instruction.MMA, 32, 16, 32, 8, Shuffle.NVIDIA),
    /** AMD CDNA: gfx90a and gfx942. */
    MFMA(Instruction.MFMA, 64, 16, 32, 8, Shuffle.AMD),
    /** AMD RDNA 3: gfx11. */
    WMMA(Instruction.WMMA, 32, 16, 32, 8, Shuffle.AMD),
    /** AMD RDNA 4: gfx12. */
    WMMA12(Instruction.WMMA12, 32, 16, 32, 4, Shuffle.AMD),
    /** Intel, where the smallest sub-group has 8 lanes. */
    DPAS8(Instruction.DPAS8, 8, 8, 0, 8, Shuffle.NONE),
    /** Intel, where the smallest sub-group has 16 lanes. */
    DPAS16(Instruction.DPAS16, 16, 16, 0, 8, Shuffle.NONE),
    /** NVIDIA of compute capability 9.0: four sub-groups together, see {@code lib/matrix/units/wgmma.clh}. */
    WGMMA(Instruction.WGMMA, 32, 16, 0, 0, Shuffle.NVIDIA);

    private final Instruction instruction;
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

    MatrixUnit(Instruction instruction, int lanes, int rows, int keptWords, int valuePad, Shuffle shuffle) {
        this.instruction = instruction;
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

    /** Whether a device has it. */
    boolean isOn(Device device) {
        return device.instructions().contains(instruction);
    }

    /** Whether the compiler needs to be told to give each lane twice the registers. */
    boolean wantsLargeRegisterFile() {
        return this == DPAS8 || this == DPAS16;
    }

    /** The best unit of a device, or null if it has none that is known. */
    public static MatrixUnit of(Device device) {
        MatrixUnit best = null;
        for (MatrixUnit unit : values()) { // the list ends with what is best
            best = unit.isOn(device) ? unit : best;
        }
        return best;
    }
}
