package io.github.attention4j.internal.plan.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.Tables;
import io.github.attention4j.internal.plan.lanes.LanesConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order tuning tables are asked, and what a broken one of the tuner's own does. */
class TuningCacheTest {
    /** A device with packaged rows, so that all four origins can be told apart. */
    private static final Device DEVICE = new Device(
            "cpu:0",
            Device.Type.CPU,
            Tables.packaged().get(0).rows().get(0).device(),
            "any",
            "any",
            "1",
            2,
            8,
            4096,
            512 << 10,
            1L << 33,
            1L << 31,
            true,
            "",
            Set.of());

    @TempDir
    Path folder;

    @Test
    void theUsersFileComesBeforeTheTunersCacheAndThatBeforeThePackagedTable() throws IOException {
        Path own = table("own.csv", 20);
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        assertTrue(explain(options, 64).contains("packaged cpu.csv"), explain(options, 64));

        Path cache = table(TuningCache.FILE, 21);
        assertTrue(explain(options, 64).contains("QUERY_BLOCKS=21"), explain(options, 64));
        assertTrue(explain(options, 64).contains(cache.toString()), explain(options, 64));

        String both = explain(options.withTuningFile(own), 64);
        assertTrue(both.contains("QUERY_BLOCKS=20") && both.contains(own.toString()), both);
    }

    @Test
    void whatNoTableSpeaksForIsLeftToTheHeuristic() throws IOException {
        table(TuningCache.FILE, 21);
        String explanation = explain(EngineOptions.defaults().withCacheDirectory(folder), 200);
        assertTrue(explanation.contains("heuristic"), explanation);
    }

    @Test
    void withoutACacheDirectoryNothingTheTunerKeptIsRead() throws IOException {
        table(TuningCache.FILE, 21);
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(null);
        assertEquals(Optional.empty(), TuningCache.file(options));
        assertFalse(explain(options, 64).contains("QUERY_BLOCKS=21"), explain(options, 64));
    }

    @Test
    void aBrokenCacheCostsOneWarningWithTheLineAndTheWayOut() throws IOException {
        Path file = Files.writeString(folder.resolve(TuningCache.FILE), TuningTable.HEADER + "\n# fine\nLANES,half\n");
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        String[] explanation = new String[1];
        String log = errorsOf(() -> {
            Planner planner = new Planner(DEVICE, options);
            planner.choose(spec(64), (kernel, tiles) -> Optional.empty());
            explanation[0] = planner.choose(spec(32), (kernel, tiles) -> Optional.empty())
                    .explanation();
        });
        assertEquals(log.indexOf("tuning cache"), log.lastIndexOf("tuning cache"), log);
        assertTrue(log.contains(file + ", line 3: "), log);
        assertTrue(log.contains("Delete the file"), log);
        assertTrue(explanation[0].contains("packaged cpu.csv"), explanation[0]);
        assertTrue(explanation[0].contains("not the tuning cache: " + file + ", line 3: "), explanation[0]);
    }

    @Test
    void aCacheThatOthersCanWriteToIsNotReadAndSaysSo() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path file = table(TuningCache.FILE, 21);
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        for (Path open : List.of(file, folder)) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
            String[] explanation = new String[1];
            String log = errorsOf(() -> explanation[0] = explain(options, 64));
            assertFalse(explanation[0].contains("QUERY_BLOCKS=21"), explanation[0]);
            String why = "others can write to " + open + " (mode 770)";
            assertTrue(explanation[0].contains("not the tuning cache: " + why), explanation[0]);
            assertTrue(log.contains(why), log);
        }
    }

    @Test
    void aCacheThatIsWholeCostsNoWarning() throws IOException {
        table(TuningCache.FILE, 21);
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        assertEquals("", errorsOf(() -> new Planner(DEVICE, options)));
    }

    private static String errorsOf(Runnable action) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    private Path table(String name, int queryBlocks) throws IOException {
        String tiles = new LanesConfig(8, 2, queryBlocks, 126, 6, 6).text();
        return Files.writeString(
                folder.resolve(name),
                TuningTable.HEADER + "\nforward,LANES," + DEVICE.name() + ",F32,128,any,any,any," + tiles
                        + ",100,a test,2026-01-01\n");
    }

    private static String explain(EngineOptions options, int headDim) {
        return new Planner(DEVICE, options)
                .choose(spec(headDim), (kernel, tiles) -> Optional.empty())
                .explanation();
    }

    private static AttentionSpec spec(int headDim) {
        return AttentionSpec.builder()
                .heads(4)
                .sequenceLength(256)
                .headDim(headDim)
                .build();
    }
}
