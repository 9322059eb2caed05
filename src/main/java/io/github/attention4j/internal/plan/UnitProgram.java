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
        if (instruction == Instruction.VPDPBUSD) {
            return new UnitProgram(KernelOptions.unitRate(LANES, ByteProduct.MACRO, ByteProduct.VPDPBUSD.ordinal()), 4);
        }
        if (instruction == Instruction.TDPBSSD) {
            int words = LANES * LANES;
            return new UnitProgram(
                    KernelOptions.unitRate(LANES, ByteProduct.MACRO, ByteProduct.AMX.ordinal()), 4 * words);
        }
        PairProduct product = instruction == Instruction.TDPBF16PS ? PairProduct.AMX : PairProduct.VDPBF16PS;
        return of(product);
    }

    /** That of pairs of bf16. */
    public static UnitProgram of(PairProduct product) {
        int words = product.isOfTiles() ? LANES * LANES : 1; // of a vector of floats, 16 rows of 16 words
        return new UnitProgram(KernelOptions.unitRate(LANES, PairProduct.MACRO, product.ordinal()), 2 * words);
    }
}
