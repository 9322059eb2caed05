package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.plan.Candidates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneCommandTest {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(1).sequenceLength(32).headDim(16).build();

    @TempDir
    Path folder;

    @Test
    void aRunStopsByItselfAndWhatItKeepsIsUsedByTheNextEngine() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() == Device.Type.CPU, "needs a device that compiles small kernels soon");
        Path json = folder.resolve("tune.json");
        String minutes = "0.25"; // the first tiles are tried however late it is
        TuneCommand tune = new TuneCommand(Arguments.of(
                List.of("tune", "--device", device.id(), "--minutes", minutes, "--json", json.toString())));
        Path cache = folder.resolve("cache").resolve("tuning.csv");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = tune.run(List.of(SPEC), Optional.of(cache), new PrintStream(printed, true));
        String text = printed.toString();
        assertEquals(0, status, text);
        assertTrue(text.contains("Every answer was right."), text);
        assertTrue(Files.readString(json).contains("\"overPlannersOwn\""), text);
        int rows = Candidates.rows(cache);
        EngineOptions engineOptions = EngineOptions.defaults().withCacheDirectory(cache.getParent());
        try (AttentionEngine engine = AttentionEngine.open(device.id(), engineOptions)) {
            String explanation = engine.plan(SPEC).explain();
            assertEquals(Math.min(rows, 1), explanation.contains(cache.toString()) ? 1 : 0, explanation);
        }
    }
}
