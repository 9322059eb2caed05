package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.kernel.KernelSource;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HopperTest {
    private static String made(String ptx) {
        return new String(
                Hopper.withInstructions(ptx.getBytes(StandardCharsets.ISO_8859_1))
                        .orElseThrow(),
                StandardCharsets.ISO_8859_1);
    }

    @Test
    void markedInstructionsAreUncoveredAndTheTargetIsThatWhichHasThem() {
        assertEquals(
                ".version 9.0\n.target sm_90a, texmode_independent\n wgmma.fence.sync.aligned;\n// a comment\n\0",
                made(".version 9.0\n.target sm_90, texmode_independent\n //@ wgmma.fence.sync.aligned;\n// a comment\n\0")
                        .replace("\n  ", "\n "));
    }

    @Test
    void aTargetThatHasThemStays() {
        assertTrue(made(".target sm_90a\n//@ wgmma").contains(".target sm_90a\n"));
    }

    @Test
    void otherProgramsAreLeftAlone() {
        assertEquals(
                Optional.empty(), Hopper.withInstructions(".target sm_90\nret;".getBytes(StandardCharsets.US_ASCII)));
    }

    /** What the kernel's source marks must be what is looked for here. */
    @Test
    void theKernelHasTheMark() {
        assertTrue(KernelSource.of("attn_forward_warpgroups").contains("\"//@ wgmma.\""));
    }
}
