package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.tune.Candidate;
import io.github.attention4j.bench.tune.TuningTarget;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardFileTest {
    private static final Device DEVICE = new Device(
            "gpu:0",
            Device.Type.GPU,
            "Card, 8 GB",
            "Maker",
            "Platform",
            "1.2",
            8,
            8,
            256,
            65536,
            1L << 33,
            1L << 31,
            false,
            "cl_khr_fp16",
            Set.of());
    private static final Tiles TILES =
            new Tiles(KernelFamily.LANES, "LANES=4 LANE_VECTORS=2 QUERY_BLOCKS=1 TILE_KV=12 KEY_BLOCK=6 VALUE_BLOCK=6");
    private static final TuningTarget TARGET =
            new TuningTarget(KernelFamily.LANES, DType.F32, 64, List.of(), "bench/run card");

    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(16)
            .sequenceLength(8)
            .headDim(64)
            .causal()
            .build();

    @TempDir
    Path folder;

    private Path path;
    private CardFile file;

    @BeforeEach
    void begin() {
        path = folder.resolve("card.json");
        file = new CardFile(path, new Machine(List.of(DEVICE), "abc"), DEVICE);
    }

    private JsonNode written() throws IOException {
        return new ObjectMapper().readTree(path.toFile());
    }

    @Test
    void theFileSaysWhatWasGoingOnWhenTheDriverDidNotComeBack() throws IOException {
        file.state("checking TILES, plain");
        assertEquals("checking TILES, plain", written().get("state").asText());
        file.gaveUp();
        assertTrue(written().get("state").asText().endsWith("did not come back from checking TILES, plain"));
    }

    @Test
    void theFileSaysWhatRanFirst() throws IOException {
        file.begin("checking");
        file.begin("tuning in /home/somebody/x");
        assertEquals("checking", written().at("/ran/0/part").asText());
        assertEquals("tuning in <folder>/x", written().at("/ran/1/part").asText());
        assertTrue(written().at("/ran/1/afterSeconds").asDouble()
                >= written().at("/ran/0/afterSeconds").asDouble());
        assertEquals("tuning in <folder>/x", written().get("state").asText());
    }

    @Test
    void theEndHasEverythingThatFailed() throws IOException {
        file.complete(List.of("TILES: wrong, see /home/somebody/log"));
        assertEquals("complete", written().get("state").asText());
        assertEquals(
                "TILES: wrong, see <folder>/log",
                written().get("failures").get(0).asText());
    }

    @Test
    void aFailureIsWrittenDownWithoutItsFolder() throws IOException {
        String message = "tile.clh:3: error; the source is in /home/somebody/x/source.cl";
        file.check(new CheckResult(
                KernelFamily.TILES, "plain", "1x1", Outcome.FAILED, Double.NaN, Double.NaN, 1.5, message));
        file.save();
        JsonNode check = written().get("checks").get(0);
        assertEquals("failed", check.get("outcome").asText());
        assertEquals(
                "tile.clh:3: error; the source is in <folder>/source.cl",
                check.get("message").asText());
        assertFalse(check.has("error"), "there is no number for it");
    }

    @Test
    void theWinnersLineIsOneThatTheLibraryTakes() throws IOException {
        file.tuned(TARGET, 1024, null, List.of(Candidate.timed(TILES, 12.5, 1e-7)), TARGET.row(DEVICE, TILES, 12.5));
        String row = written().get("tuningRows").get(0).asText();
        Path table = Files.writeString(folder.resolve("t.csv"), TuningTarget.table(List.of(row)));
        assertEquals(1, Candidates.rows(table));
        assertEquals(
                TILES, Candidates.found(table, KernelFamily.LANES, SPEC, DEVICE).orElseThrow());
    }

    @Test
    void tooManyFindingsStillMakeASmallFile() throws IOException {
        Candidate talkative = Candidate.failed(TILES, 1, "y".repeat(600));
        for (int i = 0; i < 20; i++) {
            file.tuned(TARGET, 1024, null, Collections.nCopies(100, talkative), TARGET.row(DEVICE, TILES, i));
        }
        assertTrue(Files.size(path) < CardFile.MOST_BYTES, "" + Files.size(path));
        assertEquals(20, written().get("tuningRows").size());
    }
}
