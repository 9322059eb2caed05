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
import io.github.attention4j.Operand;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.lanes.LanesConfig;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import io.github.attention4j.testing.SomeDevice;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileConfigTest {
    private static final LanesConfig LANES = new LanesConfig(8, 2, 4, 60, 6, 6);
    private static final TilesConfig TILES = new TilesConfig(64, 64, 16, 8, 16, Shuffle.NONE);

    private static Device device(Device.Type type, String name, int items, long localMemory) {
        return SomeDevice.of(type, name, items, localMemory, 8);
    }

    @Test
    void textCanBeReadBack() {
        assertEquals(LANES, Families.parse(KernelFamily.LANES, LANES.text()));
        assertEquals(TILES, Families.parse(KernelFamily.TILES, TILES.text()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TILE_Q", "TILE_Q=x", "TILE_Q=32 TILE_KV=32", "TILE_Q=1 TILE_KV=2 ITEMS_X=3 OTHER=4"})
    void refusesTextThatIsNotAConfiguration(String text) {
        assertThrows(IllegalArgumentException.class, () -> Families.parse(KernelFamily.TILES, text));
    }

    @Test
    void namesWorkItemsAsAnObstacle() {
        assertEquals(
                Optional.of("needs 128 work-items in a group, device allows 64"),
                TILES.obstacle(SomeDevice.spec(64), device(Device.Type.GPU, "small", 64, 1 << 20)));
    }

    @Test
    void namesLocalMemoryAsAnObstacle() {
        Optional<String> obstacle = TILES.obstacle(SomeDevice.spec(256), device(Device.Type.GPU, "small", 256, 32768));
        assertEquals(
                Optional.of(
                        "needs " + TILES.localBytes(SomeDevice.spec(256)) + " bytes of local memory, device has 32768"),
                obstacle);
    }

    @Test
    void namesNumbersThatDoNotFitTogether() {
        Device device = device(Device.Type.GPU, "any", 1024, 1 << 20);
        assertTrue(new TilesConfig(30, 64, 16, 8, 16, Shuffle.NONE)
                .obstacle(SomeDevice.spec(64), device)
                .orElseThrow()
                .contains("TILE_Q must be a multiple of"));
        assertTrue(new TilesConfig(32, 0, 16, 8, 16, Shuffle.NONE)
                .obstacle(SomeDevice.spec(64), device)
                .isPresent());
        assertTrue(new LanesConfig(5, 2, 4, 60, 6, 6)
                .obstacle(SomeDevice.spec(64), device)
                .orElseThrow()
                .contains("LANES"));
        assertTrue(new LanesConfig(8, 2, 4, 61, 6, 6)
                .obstacle(SomeDevice.spec(64), device)
                .orElseThrow()
                .contains("KEY_BLOCK"));
        assertTrue(new LanesConfig(8, 0, 4, 60, 6, 6)
                .obstacle(SomeDevice.spec(64), device)
                .isPresent());
    }

    /** As a row of a tuning table may ask, which has no word for backward. */
    @ParameterizedTest
    @EnumSource(
            value = KernelFamily.class,
            names = {"LANES", "TILES", "MATRIX"})
    void tilesOfGradientsAndOthersDoNotTakeEachOthersCalls(KernelFamily family) {
        Device.Type type = family == KernelFamily.LANES ? Device.Type.CPU : Device.Type.GPU;
        Device device = SomeDevice.of(type, "any", 1024, 160 << 10, 8, "", type == Device.Type.GPU ? "MMA" : "");
        AttentionSpec forward = SomeDevice.spec(64).toBuilder().types(DType.F16).build();
        AttentionSpec backward = forward.backward(Operand.QUERY, Operand.KEY, Operand.VALUE);
        Set<Candidates.Tiles> ofGradients = Candidates.guesses(family, backward, device);
        Set<Candidates.Tiles> others = Candidates.guesses(family, forward, device);
        assertFalse(ofGradients.isEmpty() || others.isEmpty());
        for (Candidates.Tiles tiles : ofGradients) {
            assertEquals(Optional.of("computes gradients only"), tiles.obstacle(forward, device), tiles.text());
        }
        for (Candidates.Tiles tiles : others) {
            assertEquals(Optional.of("computes no gradients"), tiles.obstacle(backward, device), tiles.text());
        }
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
        Choice choice = planner.choose(SomeDevice.spec(128), (options, tiles) -> Optional.empty());
        assertTrue(choice.tiles().obstacle(SomeDevice.spec(128), device).isEmpty());
        assertTrue(choice.explanation().contains("needs"), choice.explanation());
        assertTrue(choice.explanation().contains("not LANES"), choice.explanation());
    }

    @Test
    void thePlannerGoesOnWhenACompiledKernelDoesNotFit() {
        Device device = device(Device.Type.CPU, "cpu", 256, 1 << 20);
        Planner planner = new Planner(device, EngineOptions.defaults());
        Choice first = planner.choose(SomeDevice.spec(64), (options, tiles) -> Optional.empty());
        Choice second = planner.choose(
                SomeDevice.spec(64),
                (options, tiles) -> tiles.equals(first.tiles()) ? Optional.of("too fat") : Optional.empty());
        assertTrue(second.explanation().contains("too fat"), second.explanation());
    }

    @Test
    void aDeviceThatCanRunNothingSaysWhy() {
        Device device = device(Device.Type.GPU, "Tiny", 256, 2000);
        Planner planner = new Planner(device, EngineOptions.defaults());
        UnsupportedByDeviceException refusal = assertThrows(
                UnsupportedByDeviceException.class,
                () -> planner.choose(SomeDevice.spec(256), (o, t) -> Optional.empty()));
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
                        + "\nforward,TILES,*,F32,64,any,any,any,TILE_Q=16 TILE_KV=32 ITEMS_X=8 ITEMS_Y=4 DEPTH=16 SHUFFLE=0,1.5,me,2026-01-01\n");
        Device device = device(Device.Type.GPU, "any", 256, 1 << 20);
        Planner planner = new Planner(device, EngineOptions.defaults().withTuningFile(file));
        Choice choice = planner.choose(SomeDevice.spec(64), (o, t) -> Optional.empty());
        assertEquals(new TilesConfig(16, 32, 8, 4, 16, Shuffle.NONE), choice.tiles());
        assertTrue(choice.explanation().contains("mine.csv"), choice.explanation());
        assertTrue(planner.choose(SomeDevice.spec(65), (o, t) -> Optional.empty())
                .explanation()
                .contains("heuristic"));
    }

    @Test
    void aTuningFileThatIsWrongNamesTheLine() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> TuningTable.read(
                        "mine.csv", new StringReader(TuningTable.HEADER + "\n# fine\nTILES,*,F32\n"), Tables.TILES));
        assertTrue(refusal.getMessage().startsWith("mine.csv, line 3: "), refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Tables.read(Path.of("no", "such", "file")));
    }

    @Test
    void everyPackagedRowIsLegalOnTheDeviceItWasMeasuredOn() {
        // Local memory of the devices in the table: PoCL 3.1 gives 512 KiB; a row for a GPU must fit 48 KiB.
        int rows = 0;
        for (TuningTable table : Tables.packaged()) {
            for (TuningRow row : table.rows()) {
                boolean cpu = row.family() == KernelFamily.LANES;
                Device device = cpu
                        ? device(Device.Type.CPU, row.device(), 256, 512 << 10)
                        : SomeDevice.of(
                                Device.Type.GPU,
                                row.device(),
                                1024,
                                48 << 10,
                                1,
                                "cl_nv_device_attribute_query",
                                "WGMMA");
                AttentionSpec spec = SomeDevice.spec(row.headDim()).toBuilder()
                        .types(DType.valueOf(row.dtype()))
                        .build();
                assertEquals(Optional.empty(), row.tiles().obstacle(spec, device), row.toString());
                rows++;
            }
        }
        assertTrue(rows > 0);
    }

    @Test
    void shortProblemsAreSpreadOverTheDevice() {
        Device device = device(Device.Type.CPU, "cpu", 256, 1 << 20); // 2 compute units: 64 groups wanted
        AttentionSpec oneHead =
                AttentionSpec.builder().heads(1).sequenceLength(128).headDim(64).build();
        assertEquals(16, Geometry.groupQueries(oneHead, LANES, device));
        assertEquals(32, Geometry.groupQueries(oneHead.withHeads(2, 8, 8), LANES, device));
        assertEquals(64, Geometry.groupQueries(oneHead.withHeads(4, 8, 8), LANES, device));
        AttentionSpec staged = AttentionSpec.builder()
                .heads(4)
                .sequenceLength(128)
                .headDim(64)
                .types(DType.F16)
                .build();
        assertEquals(64, Geometry.groupQueries(staged, LANES, device), "each group brings the keys in: 8 will do");
    }

    @Test
    void lengthsAndScaleAreNoOptions() {
        KernelOptions options = LANES.kernel(SomeDevice.spec(64));
        AttentionSpec other = AttentionSpec.builder()
                .batch(7)
                .heads(2)
                .kvHeads(1)
                .queryLength(3)
                .keyLength(999)
                .headDim(64)
                .scale(3)
                .build();
        assertEquals(options, LANES.kernel(other));
    }

    @Test
    void headsTakeTurnsWhereTheirGroupsAreUnlikeAndTheirKeysFitACache() {
        AttentionSpecBuilder eight =
                AttentionSpec.builder().heads(8).sequenceLength(4096).headDim(128);
        assertFalse(Geometry.headsTakeTurns(eight.build(), TILES), "without a mask all groups are alike");
        assertTrue(Geometry.headsTakeTurns(eight.causal().build(), TILES));
        assertFalse(
                Geometry.headsTakeTurns(eight.build(), new LanesConfig(8, 2, 4, 60, 6, 6)), "has an order of its own");
        AttentionSpecBuilder many = AttentionSpec.builder()
                .heads(64)
                .sequenceLength(4096)
                .headDim(128)
                .causal();
        assertFalse(Geometry.headsTakeTurns(many.build(), TILES), "256 MiB");
        assertTrue(Geometry.headsTakeTurns(many.kvHeads(8).build(), TILES), "32 MiB");
    }
}
