package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.Instruction;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnitPeakTest {
    @Test
    void theInstructionIsTheOneThatThePlanTakesAndNotOneThatItDoesNot() {
        assertEquals(Optional.of(Instruction.TDPBF16PS), UnitPeak.taken("""
                        attn_forward_lanes with DOT=3
                        not DECODE: too many queries
                        tdpbf16ps makes 1148.8 billion products a second on a core, multiply-adds of floats 84.6, as measured here
                        """));
        assertEquals(Optional.empty(), UnitPeak.taken("""
                        attn_forward_lanes with DOT=0
                        not VDPBF16PS: vdpbf16ps makes 40.1 billion products a second on a core, multiply-adds of floats 84.6, as measured here
                        """));
    }
}
