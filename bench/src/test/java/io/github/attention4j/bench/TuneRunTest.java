package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.plan.TuningTable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneRunTest {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(1).sequenceLength(32).headDim(16).build();

    @TempDir
    Path folder;

    @Test
    void aRunStopsByItselfAndWhatItKeepsIsUsedByTheNextEngine() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() == Device.Type.CPU, "needs a device that compiles small kernels soon");
        Bench.Input input = new Bench.Input();
        input.devices = List.of(device.id());
        RunOptions options = new RunOptions();
        options.minutes = 0.25; // the first tiles are tried however late it is
        options.json = folder.resolve("tune.json");
        Path cache = folder.resolve("cache").resolve("tuning.csv");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = new TuneRun(input, options, List.of(SPEC), Optional.of(cache)).run(new PrintStream(printed, true));
        String text = printed.toString();
        assertEquals(0, status, text);
        assertTrue(text.contains("Every answer was right."), text);
        assertTrue(Files.readString(options.json).contains("\"overPlannersOwn\""), text);
        List<TuningTable.Row> rows = TuningTable.read(cache).rows();
        EngineOptions engineOptions = EngineOptions.defaults().withCacheDirectory(cache.getParent());
        try (AttentionEngine engine = AttentionEngine.open(device.id(), engineOptions)) {
            String explanation = engine.plan(SPEC).explain();
            assertEquals(rows.isEmpty() ? 0 : 1, explanation.contains(cache.toString()) ? 1 : 0, explanation);
        }
    }
}
