package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileConfigTest {
    private static final LaneTiles LANES = new LaneTiles(8, 2, 4, 60, 6, 6);
    private static final GroupTiles TILES = new GroupTiles(64, 64, 16, 8, 16, Shuffle.NONE);

    private static Device device(Device.Type type, String name, int items, long localMemory) {
        return device(type, name, items, localMemory, 8);
    }

    static Device device(Device.Type type, String name, int items, long localMemory, int vectorWidth) {
        return device(type, name, items, localMemory, vectorWidth, "");
    }

    static Device device(
            Device.Type type, String name, int items, long localMemory, int vectorWidth, String extensions) {
        return device(type, name, items, localMemory, vectorWidth, extensions, "");
    }

    static Device device(
            Device.Type type,
            String name,
            int items,
            long localMemory,
            int vectorWidth,
            String extensions,
            String matrixUnit) {
        return new Device(
                "x:0",
                type,
                name,
                "vendor",
                "platform",
                "1.0",
                2,
                vectorWidth,
                items,
                localMemory,
                1L << 30,
                1L << 28,
                true,
                extensions,
                matrixUnit);
    }

    static AttentionSpec spec(int headDim) {
        return AttentionSpec.builder()
                .heads(4)
                .sequenceLength(100)
                .headDim(headDim)
                .build();
    }

    @Test
    void textCanBeReadBack() {
        assertEquals(LANES, TileConfig.parse(KernelFamily.LANES, LANES.text()));
        assertEquals(TILES, TileConfig.parse(KernelFamily.TILES, TILES.text()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TILE_Q", "TILE_Q=x", "TILE_Q=32 TILE_KV=32", "TILE_Q=1 TILE_KV=2 ITEMS_X=3 OTHER=4"})
    void refusesTextThatIsNotAConfiguration(String text) {
        assertThrows(IllegalArgumentException.class, () -> TileConfig.parse(KernelFamily.TILES, text));
    }

    @Test
    void namesWorkItemsAsAnObstacle() {
        assertEquals(
                Optional.of("needs 128 work-items in a group, device allows 64"),
                TILES.obstacle(spec(64), device(Device.Type.GPU, "small", 64, 1 << 20)));
    }

    @Test
    void namesLocalMemoryAsAnObstacle() {
        Optional<String> obstacle = TILES.obstacle(spec(256), device(Device.Type.GPU, "small", 256, 32768));
        assertEquals(
                Optional.of("needs " + TILES.localBytes(spec(256)) + " bytes of local memory, device has 32768"),
                obstacle);
    }

    @Test
    void namesNumbersThatDoNotFitTogether() {
        Device device = device(Device.Type.GPU, "any", 1024, 1 << 20);
        assertTrue(new GroupTiles(30, 64, 16, 8, 16, Shuffle.NONE)
                .obstacle(spec(64), device)
                .orElseThrow()
                .contains("TILE_Q must be a multiple of"));
        assertTrue(new GroupTiles(32, 0, 16, 8, 16, Shuffle.NONE)
                .obstacle(spec(64), device)
                .isPresent());
        assertTrue(new LaneTiles(5, 2, 4, 60, 6, 6)
                .obstacle(spec(64), device)
                .orElseThrow()
                .contains("LANES"));
        assertTrue(new LaneTiles(8, 2, 4, 61, 6, 6)
                .obstacle(spec(64), device)
                .orElseThrow()
                .contains("KEY_BLOCK"));
        assertTrue(new LaneTiles(8, 0, 4, 60, 6, 6).obstacle(spec(64), device).isPresent());
    }

    @Test
    void asksTheCompiledKernelToo() {
        Device device = device(Device.Type.GPU, "any", 1024, 32768);
        assertTrue(TILES.obstacleAfterBuild(64, 100, 1, device).isPresent());
        assertTrue(TILES.obstacleAfterBuild(128, 40000, 1, device).isPresent());
        assertTrue(TILES.obstacleAfterBuild(128, 100, 1, device).isEmpty());
    }

    @Test
    void thePlannerTakesTheFirstThatIsLegalAndKeepsTheReasons() {
        Device device = device(Device.Type.GPU, "small", 64, 32768);
        Planner planner = new Planner(device, EngineOptions.defaults());
        Planner.Choice choice = planner.choose(spec(128), (options, tiles) -> Optional.empty());
        assertTrue(choice.tiles().obstacle(spec(128), device).isEmpty());
        assertTrue(choice.explanation().contains("needs"), choice.explanation());
        assertTrue(choice.explanation().contains("not LANES"), choice.explanation());
    }

    @Test
    void thePlannerGoesOnWhenACompiledKernelDoesNotFit() {
        Device device = device(Device.Type.CPU, "cpu", 256, 1 << 20);
        Planner planner = new Planner(device, EngineOptions.defaults());
        Planner.Choice first = planner.choose(spec(64), (options, tiles) -> Optional.empty());
        Planner.Choice second = planner.choose(
                spec(64), (options, tiles) -> tiles.equals(first.tiles()) ? Optional.of("too fat") : Optional.empty());
        assertTrue(second.explanation().contains("too fat"), second.explanation());
    }

    @Test
    void aDeviceThatCanRunNothingSaysWhy() {
        Device device = device(Device.Type.GPU, "Tiny", 256, 2000);
        Planner planner = new Planner(device, EngineOptions.defaults());
        UnsupportedByDeviceException refusal = assertThrows(
                UnsupportedByDeviceException.class, () -> planner.choose(spec(256), (o, t) -> Optional.empty()));
        assertTrue(refusal.getMessage().contains("Tiny"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("bytes of local memory, device has 2000"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("AttentionEngine.open(\"java\")"), refusal.getMessage());
        assertTrue(refusal.explain().contains("TILE_Q=64"), refusal.explain());
    }

    @Test
    void aUsersTuningFileComesFirst(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("mine.csv"),
                TuningTable.HEADER
                        + "\nTILES,*,F32,64,any,TILE_Q=16 TILE_KV=32 ITEMS_X=8 ITEMS_Y=4 DEPTH=16 SHUFFLE=0,1.5,me,2026-01-01\n");
        Device device = device(Device.Type.GPU, "any", 256, 1 << 20);
        Planner planner = new Planner(device, EngineOptions.defaults().withTuningFile(file));
        Planner.Choice choice = planner.choose(spec(64), (o, t) -> Optional.empty());
        assertEquals(new GroupTiles(16, 32, 8, 4, 16, Shuffle.NONE), choice.tiles());
        assertTrue(choice.explanation().contains("mine.csv"), choice.explanation());
        assertTrue(planner.choose(spec(65), (o, t) -> Optional.empty())
                .explanation()
                .contains("heuristic"));
    }

    @Test
    void aTuningFileThatIsWrongNamesTheLine() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> TuningTable.read("mine.csv", new StringReader(TuningTable.HEADER + "\n# fine\nTILES,*,F32\n")));
        assertTrue(refusal.getMessage().startsWith("mine.csv, line 3: "), refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> TuningTable.read(Path.of("no", "such", "file")));
    }

    @Test
    void everyPackagedRowIsLegalOnTheDeviceItWasMeasuredOn() {
        // Local memory of the devices in the table: PoCL 3.1 gives 512 KiB; a row for a GPU must fit 48 KiB.
        for (TuningTable.Row row : TuningTable.packaged().rows()) {
            boolean cpu = row.family() == KernelFamily.LANES;
            Device device =
                    device(cpu ? Device.Type.CPU : Device.Type.GPU, row.device(), 256, cpu ? 512 << 10 : 48 << 10);
            assertEquals(Optional.empty(), row.tiles().obstacle(spec(row.headDim()), device), row.toString());
        }
    }

    @Test
    void shortProblemsAreSpreadOverTheDevice() {
        Device device = device(Device.Type.CPU, "cpu", 256, 1 << 20); // 2 compute units: 64 groups wanted
        AttentionSpec oneHead =
                AttentionSpec.builder().heads(1).sequenceLength(128).headDim(64).build();
        assertEquals(16, Heuristics.groupQueries(oneHead, LANES, device));
        assertEquals(32, Heuristics.groupQueries(oneHead.withHeads(2, 8, 8), LANES, device));
        assertEquals(64, Heuristics.groupQueries(oneHead.withHeads(4, 8, 8), LANES, device));
        AttentionSpec staged = AttentionSpec.builder()
                .heads(4)
                .sequenceLength(128)
                .headDim(64)
                .types(DType.F16)
                .build();
        assertEquals(64, Heuristics.groupQueries(staged, LANES, device), "each group brings the keys in: 8 will do");
    }

    @Test
    void lengthsAndScaleAreNoOptions() {
        KernelOptions options = KernelOptions.of(spec(64), LANES);
        AttentionSpec other = AttentionSpec.builder()
                .batch(7)
                .heads(2)
                .kvHeads(1)
                .queryLength(3)
                .keyLength(999)
                .headDim(64)
                .scale(3)
                .build();
        assertEquals(options, KernelOptions.of(other, LANES));
    }

    @Test
    void headsTakeTurnsWhereTheirGroupsAreUnlikeAndTheirKeysFitACache() {
        AttentionSpecBuilder eight =
                AttentionSpec.builder().heads(8).sequenceLength(4096).headDim(128);
        assertFalse(Heuristics.headsTakeTurns(eight.build(), TILES), "without a mask all groups are alike");
        assertTrue(Heuristics.headsTakeTurns(eight.causal().build(), TILES));
        assertFalse(
                Heuristics.headsTakeTurns(eight.build(), new LaneTiles(8, 2, 4, 60, 6, 6)), "has an order of its own");
        AttentionSpecBuilder many = AttentionSpec.builder()
                .heads(64)
                .sequenceLength(4096)
                .headDim(128)
                .causal();
        assertFalse(Heuristics.headsTakeTurns(many.build(), TILES), "256 MiB");
        assertTrue(Heuristics.headsTakeTurns(many.kvHeads(8).build(), TILES), "32 MiB");
    }
}
