package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a card run tunes. */
class TargetsTest {
    @TempDir
    Path folder;

    @Test
    void theFamiliesOfAProcessorAreTunedAndThatForTextGenerationOnItsOwnShapes() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() == Device.Type.CPU, "there is no OpenCL device that is a processor");
        List<TuningTarget> targets = Targets.everything(device, false, folder);
        assertEquals(
                List.of(
                        "LANES F32 headDim 64",
                        "LANES F32 headDim 128",
                        "DECODE F32 headDim 128 not causal",
                        "LANES F16 headDim 64", // may be multiplied in pieces of bf16
                        "LANES F16 headDim 128"),
                targets.stream().map(TuningTarget::toString).toList());
        TuningTarget decode = targets.get(2);
        assertEquals(KernelFamily.DECODE, decode.family());
        assertTrue(decode.isOfFewQueries());
        assertFalse(decode.isForTables(), "tables know nothing of the number of query rows");
        assertTrue(targets.get(0).isForTables() && !targets.get(0).isOfFewQueries());
        assertEquals(1, decode.shapes().get(0).queryLength());
        assertEquals(8, decode.shapes().get(1).batch());
        assertEquals(4096, decode.shapes().get(1).keyLength());
    }
}
