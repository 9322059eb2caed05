package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.UnitRate;
import io.github.attention4j.internal.plan.UnitProgram;
import io.github.attention4j.internal.plan.lanes.LanesConfig;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** What is measured are products: of tiles of ones, 16 words or 32 elements deep, four times a round. */
    @Test
    void tilesAreMultiplied() {
        OpenCl.Found found = OpenCl.discover().found().get(0);
        try (ClContext context = ClContext.make(found);
                ProgramCache programs = new ProgramCache(context, Optional.empty());
                ClStream stream = ClStream.make(context);
                ClTensor out = ClTensor.make(context, null, DType.F32, 1, 1, 16, UnitProgram.LANES)) {
            ClProgram program =
                    programs.get(UnitProgram.of(PairProduct.AMX_PLAIN).options());
            new UnitProbe(context, programs).nanos(program, 0, 3, stream, out);
            float[] sums = new float[16 * UnitProgram.LANES];
            out.download(stream, sums, 0);
            for (int lane = 0; lane < UnitProgram.LANES; lane++) {
                assertEquals(3 * 4 * 32, sums[lane]);
            }
        }
    }

    /** The text that a processor with AMX runs goes through this driver's compiler and assembler; nothing is run. */
    @Test
    void thisDriverCompilesAmx(@TempDir Path folder) throws IOException {
        OpenCl.Found found = OpenCl.discover().found().get(0);
        assumeTrue(found.device().instructions().contains(Instruction.VDPBF16PS), "the processor has no AVX-512");
        AttentionSpec spec = AttentionSpec.builder()
                .heads(4)
                .sequenceLength(100)
                .headDim(64)
                .types(DType.BF16)
                .build();
        LanesConfig tiles = new LanesConfig(16, 2, 4, 128, 32, 16, PairProduct.AMX);
        try (ClContext context = ClContext.make(found);
                ProgramCache programs = new ProgramCache(context, Optional.of(folder))) {
            programs.get(tiles.kernel(spec));
            programs.get(UnitProgram.of(Instruction.TDPBF16PS).options());
        }
        try (Stream<Path> kept = Files.walk(folder)) {
            assertEquals(2, kept.filter(Files::isRegularFile).count(), "compiled programs");
        }
    }
}
