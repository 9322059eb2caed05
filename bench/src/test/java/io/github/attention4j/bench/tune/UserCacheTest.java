package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.Candidates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserCacheTest {
    @TempDir
    Path folder;

    private static String key(String device, int headDim, String masks) {
        return "forward,LANES," + device + ",F32," + headDim + ",any,any," + masks;
    }

    private static String row(String key, int queryBlocks) {
        return key + ",LANES=8 LANE_VECTORS=2 QUERY_BLOCKS=" + queryBlocks
                + " TILE_KV=126 KEY_BLOCK=6 VALUE_BLOCK=6,100,a test,2026-01-01";
    }

    private List<String> written(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        assertEquals(Candidates.HEADER, lines.get(0));
        assertEquals(lines.size() - 1, Candidates.rows(file));
        return lines.subList(1, lines.size());
    }

    @Test
    void theFirstRowsMakeFolderAndFile() throws IOException {
        Path file = folder.resolve("new").resolve("tuning.csv");
        new UserCache(file).replace(List.of(key("cpu", 64, "any")), List.of(row(key("cpu", 64, "any"), 3)));
        assertEquals(List.of(row(key("cpu", 64, "any"), 3)), written(file));
        try (var all = Files.list(file.getParent())) {
            assertEquals(List.of(file), all.toList(), "nothing is left of the writing");
        }
    }

    @Test
    void newRowsReplaceOldOnesOfTheSameKeyAndLeaveTheOthers() throws IOException {
        Path file = folder.resolve("tuning.csv");
        String other = row(key("gpu", 64, "any"), 9);
        Files.writeString(file, TuningTarget.table(List.of(row(key("cpu", 64, "any"), 3), other)));
        new UserCache(file).replace(List.of(key("cpu", 64, "any")), List.of(row(key("cpu", 64, "any"), 5)));
        assertEquals(List.of(row(key("cpu", 64, "any"), 5), other), written(file));
    }

    @Test
    void whatNoLongerWinsIsForgotten() throws IOException {
        Path file = folder.resolve("tuning.csv");
        Files.writeString(file, TuningTarget.table(List.of(row(key("cpu", 64, "any"), 3))));
        new UserCache(file).replace(List.of(key("cpu", 64, "any")), List.of());
        assertEquals(List.of(), written(file));
    }

    @Test
    void smallHeadSizesAndSingleMasksComeFirstBecauseTheFirstMatchIsTaken() throws IOException {
        Path file = folder.resolve("tuning.csv");
        List<String> keys = List.of(key("cpu", 128, "any"), key("cpu", 64, "any"), key("cpu", 64, "yes"));
        new UserCache(file).replace(keys, keys.stream().map(key -> row(key, 4)).toList());
        assertEquals(List.of(row(keys.get(2), 4), row(keys.get(1), 4), row(keys.get(0), 4)), written(file));
    }

    @Test
    void aBrokenFileIsSeenBeforeAnythingIsTuned() throws IOException {
        Path file = Files.writeString(folder.resolve("tuning.csv"), "nonsense\n");
        String message = assertThrows(IllegalArgumentException.class, () -> new UserCache(file))
                .getMessage();
        assertTrue(message.contains(file + ", line 1"), message);
        assertTrue(message.contains("delete it"), message);
    }
}
