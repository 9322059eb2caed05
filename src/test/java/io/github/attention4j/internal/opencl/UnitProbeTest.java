package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.UnitRate;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instruction is worth is measured on the device, once. */
@Tag("opencl")
class UnitProbeTest {
    @Test
    void ratesOfThisProcessorMakeSenseAndAreKept(@TempDir Path folder) {
        OpenCl.Found found = OpenCl.discover().found().get(0);
        assumeTrue(found.device().instructions().contains(Instruction.VDPBF16PS), "the processor has no vdpbf16ps");
        try (ClContext context = ClContext.make(found);
                ProgramCache programs = new ProgramCache(context, Optional.of(folder))) {
            UnitProbe probe = new UnitProbe(context, programs);
            for (Instruction instruction : new Instruction[] {Instruction.VDPBF16PS, Instruction.VPDPBUSD}) {
                UnitRate rate = probe.rate(instruction);
                assertEquals("", rate.failure());
                assertTrue(rate.floats() > 1 && rate.floats() < 1000, rate.toString());
                assertTrue(rate.products() > rate.floats() / 4 && rate.products() < 8 * rate.floats(), rate.toString());
                assertEquals(rate, new UnitProbe(context, programs).rate(instruction));
            }
        }
    }
}
