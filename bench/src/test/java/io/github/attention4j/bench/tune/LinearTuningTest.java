package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.internal.plan.layers.LinearCandidates;
import io.github.attention4j.layers.LinearSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tuner of linear layers finds and keeps. */
class LinearTuningTest {
    private static final LinearSpec SPEC = LinearSpec.builder()
            .rows(40)
            .inFeatures(48)
            .outFeatures(64)
            .types(DType.F32, DType.F32, DType.F32)
            .build();

    @TempDir
    private Path folder;

    @Test
    void everyCandidateIsRightAndTheFastestIsComparedWithThePlannersOwn() throws IOException {
        Device device = AttentionEngine.devices().get(0);
        List<LinearCandidates.Tiles> some = LinearCandidates.of(SPEC, device).subList(0, 2);
        int[] steps = {0};
        LinearTuning.Found found = new LinearTuning(device, folder).tune(SPEC, some, () -> steps[0]++);
        assertEquals(List.of(), found.failures());
        assertEquals(2, steps[0]);
        assertEquals(2, found.tried());
        assertTrue(some.contains(found.best()), found.line());
        assertEquals(found.row() != null, Gain.isWon(List.of(found.gain())));
    }

    @Test
    void whatIsKeptReplacesRowsOfTheSameLayers() throws IOException {
        Device device = AttentionEngine.devices().get(0);
        LinearCandidates.Tiles tiles = LinearCandidates.of(SPEC, device).get(0);
        Gain gain = new Gain("a", 1, 2, 2, 0.1);
        String row = LinearCandidates.line(SPEC, device, tiles, 5, "x");
        String other = row.replace(",48,64,", ",48,65,");
        Path file = folder.resolve("cache").resolve(LinearCandidates.FILE);
        LinearTuning.keep(file, device, List.of(new LinearTuning.Found(SPEC, 1, tiles, gain, row, List.of())));
        assertEquals(List.of(LinearCandidates.HEADER, row), Files.readAllLines(file));
        Files.writeString(file, LinearCandidates.HEADER + "\n" + other + "\n" + row + "\n");
        LinearTuning.keep(file, device, List.of(new LinearTuning.Found(SPEC, 1, tiles, gain, null, List.of())));
        assertEquals(other, Files.readAllLines(file).get(1));
        assertEquals(1, LinearCandidates.rows(file));
        Files.writeString(file, "nonsense\n");
        assertThrows(IllegalArgumentException.class, () -> LinearTuning.keep(file, device, List.of()));
    }
}
