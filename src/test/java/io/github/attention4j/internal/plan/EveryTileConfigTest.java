package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.decode.DecodeRowsConfig;
import io.github.attention4j.internal.plan.decode.DecodeTilesConfig;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SomeDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration that a heuristic or the packaged table can choose on any device computes the right thing on this
 * one.
 */
@Tag("opencl")
class EveryTileConfigTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(4)
            .kvHeads(2)
            .queryLength(150)
            .keyLength(270)
            .headDim(20)
            .valueDim(9)
            .causal()
            .returnLse()
            .build();

    /** The exchange within sub-groups is tested in emulation, for PoCL 3.1 and oclgrind have no sub-groups. */
    private static final List<TileConfig> EMULATED = List.of(
            new TilesConfig(64, 64, 8, 8, 8, Shuffle.EMULATED),
            new TilesConfig(32, 64, 16, 8, 16, Shuffle.EMULATED),
            new TilesConfig(16, 16, 4, 4, 8, Shuffle.EMULATED),
            new TilesConfig(16, 48, 1, 2, 8, Shuffle.EMULATED),
            new DecodeRowsConfig(32, 8, 4, 2, Shuffle.EMULATED),
            new DecodeRowsConfig(16, 4, 8, 1, Shuffle.EMULATED),
            new DecodeTilesConfig(new TilesConfig(16, 32, 8, 4, 8, Shuffle.EMULATED)),
            new DecodeTilesConfig(new TilesConfig(8, 64, 16, 2, 16, Shuffle.NONE)));

    static Stream<TileConfig> configurations() {
        Stream<TileConfig> guesses = IntStream.of(4, 8, 16)
                .mapToObj(width -> SomeDevice.of(Device.Type.CPU, "any", 256, 1 << 20, width))
                .flatMap(device -> Stream.of(KernelFamily.LANES, KernelFamily.TILES, KernelFamily.DECODE)
                        .flatMap(family -> Families.of(family).variants(SPEC, device).stream()
                                .flatMap(variant -> variant.guesses().stream())))
                .map(Guess::tiles);
        Stream<TileConfig> packaged = Tables.packaged().stream()
                .flatMap(table -> table.rows().stream())
                .filter(row -> row.device().startsWith("pthread")) // those of GPUs are for their instructions
                .map(TuningRow::tiles);
        return Stream.concat(Stream.concat(guesses, EMULATED.stream()), packaged)
                .distinct();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void computesTheRightThing(TileConfig tiles, @TempDir Path folder) throws Exception {
        if (tiles.workItems() > 1) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        String row = "forward," + tiles.family() + ",*,F32,64,any,any,any," + tiles.text() + ",1,this test,2026-01-01";
        Path table = Files.writeString(folder.resolve("table.csv"), TuningTable.HEADER + "\n" + row + "\n");
        EngineOptions options =
                EngineOptions.defaults().withFamily(tiles.family()).withTuningFile(table);
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice(), options)) {
            Optional<String> obstacle = tiles.obstacle(SPEC, engine.device());
            assumeTrue(obstacle.isEmpty(), () -> "not on this device: " + obstacle.get());
            Problem problem = new Problem(SPEC, 2, 2);
            AttentionResult result = engine.attendWithLse(SPEC, problem.query(), problem.key(), problem.value());
            assertTrue(
                    engine.plan(SPEC).explain().contains(tiles.text()),
                    engine.plan(SPEC).explain());
            Budget.check(problem, result.out(), result.lse());
        }
    }
}
