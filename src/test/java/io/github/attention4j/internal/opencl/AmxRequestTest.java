package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.AmxPermission;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a process may use AMX is found out without an instruction that might not be there. */
class AmxRequestTest {
    private static String obstacle(int... answer) {
        return AmxPermission.of(answer).obstacle().orElse("");
    }

    @Test
    void eachStepHasItsReason() {
        assertEquals("", obstacle(1, 1, 0, 3));
        assertTrue(obstacle(0, 0, 0, 0).contains("does not say by cpuid"));
        assertTrue(obstacle(1, 0, 0, 0).contains("XCR0"));
        assertTrue(obstacle(1, 1, -28, 0).contains("errno 28, ENOSPC: a thread has an alternate signal stack"));
        assertTrue(obstacle(1, 1, -22, 0).contains("errno 22, EINVAL: Linux knows no such permission"));
        assertTrue(obstacle(1, 1, -1, 0).endsWith("errno 1"));
        assertTrue(obstacle(1, 1, 0, 1).contains("permits 1 and not 3"));
    }

    /** The kernel itself, on a processor without it. */
    @Tag("opencl")
    @Test
    void aProcessorWithoutAmxSaysSo() {
        OpenCl.Found found = OpenCl.discover().found().get(0);
        assumeFalse(
                found.device().instructions().contains(Instruction.TDPBF16PS),
                "the processor has AMX, which is not asked for here");
        try (ClContext context = ClContext.make(found);
                ProgramCache programs = new ProgramCache(context, Optional.empty())) {
            AmxRequest request = new AmxRequest(context, programs);
            assertEquals(Optional.empty(), request.obstacle(Instruction.VDPBF16PS));
            assertTrue(request.obstacle(Instruction.TDPBF16PS).orElseThrow().contains("does not say by cpuid"));
        }
    }
}
