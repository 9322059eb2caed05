package io.github.attention4j.internal.plan;

import io.github.attention4j.Instruction;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.decode.ByteProduct;
import io.github.attention4j.internal.plan.lanes.PairProduct;

/**
 * What measures an instruction of a processor beside multiply-adds of floats.
 *
 * @param options its kernel
 * @param wordProducts products that the instruction makes where a multiply-add makes one
 */
public record UnitProgram(KernelOptions options, int wordProducts) {
    /** Floats of the vectors of all such instructions. */
    public static final int LANES = 16;

    /** That of a processor's instruction. */
    public static UnitProgram of(Instruction instruction) {
        return instruction == Instruction.VPDPBUSD
                ? new UnitProgram(KernelOptions.unitRate(LANES, ByteProduct.MACRO, ByteProduct.VPDPBUSD.ordinal()), 4)
                : new UnitProgram(KernelOptions.unitRate(LANES, PairProduct.MACRO, PairProduct.VDPBF16PS.ordinal()), 2);
    }
}
