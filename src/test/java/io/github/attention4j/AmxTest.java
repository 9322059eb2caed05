package io.github.attention4j;

import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.DotCalls;
import io.github.attention4j.testing.SweepProgram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tiles of bf16 as AMX multiplies them, by plain arithmetic, against the reference. */
@Tag("opencl")
class AmxTest {
    private static final DotCalls CALLS = new DotCalls();
    private static final PairProduct PLAIN = PairProduct.AMX_PLAIN;

    private static SweepProgram program(int number, int headDim, int valueDim, DType type, boolean all) {
        DType[] types = {type, type, type, all ? DType.F32 : type};
        DType bias = all ? DType.F32 : null;
        DType keep = all ? DType.BIT : null;
        return new SweepProgram(
                number, false, headDim, valueDim, types, all, all, bias, keep, 0, false, all, all, false);
    }

    /** Keys are read where they lie, but for the last ones of a tile. */
    @Test
    void bf16InputsAgreeWithTheReference() {
        CALLS.sweep(PLAIN, program(2010, 64, 64, DType.BF16, false), Precision.AS_STORED, 12);
    }

    /** Rows that do not fill a tile, and every option. */
    @Test
    void everyOptionAgreesWithTheReference() {
        CALLS.sweep(PLAIN, program(2011, 15, 33, DType.BF16, true), Precision.AS_STORED, 10);
    }

    @Test
    void otherInputsAreRoundedWhereTheCallerLetsThem() {
        CALLS.sweep(PLAIN, program(2012, 72, 40, DType.F32, false), Precision.BF16, 8);
    }

    @AfterAll
    static void sayHowExactTheyAre() {
        CALLS.sayHowExactTheyAre();
    }
}
