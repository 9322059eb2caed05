package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoopLimitTest {
    @Test
    void onlyMesasSoftwareRendererIsWarnedOf() {
        assertTrue(LoopLimit.isLimited("llvmpipe (LLVM 15.0.6, 256 bits)"));
        assertFalse(LoopLimit.isLimited("pthread-haswell-AMD EPYC"));
        assertFalse(LoopLimit.isLimited("AMD Radeon RX 7900 XTX (navi31, LLVM 15.0.7)"));
    }
}
