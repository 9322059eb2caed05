package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
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

/** Every configuration that a heuristic or the packaged table can choose on any device computes the right thing on this one. */
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
            new GroupTiles(64, 64, 8, 8, 8, Shuffle.EMULATED),
            new GroupTiles(32, 64, 16, 8, 16, Shuffle.EMULATED),
            new GroupTiles(16, 16, 4, 4, 8, Shuffle.EMULATED),
            new GroupTiles(16, 48, 1, 2, 8, Shuffle.EMULATED),
            new DecodeRows(32, 8, 4, 2, Shuffle.EMULATED),
            new DecodeRows(16, 4, 8, 1, Shuffle.EMULATED),
            new DecodeGroups(new GroupTiles(16, 32, 8, 4, 8, Shuffle.EMULATED)),
            new DecodeGroups(new GroupTiles(8, 64, 16, 2, 16, Shuffle.NONE)));

    static Stream<TileConfig> configurations() {
        Stream<TileConfig> guesses = IntStream.of(4, 8, 16)
                .mapToObj(width -> TileConfigTest.device(Device.Type.CPU, "any", 256, 1 << 20, width))
                .flatMap(device -> Stream.of(KernelFamily.LANES, KernelFamily.TILES, KernelFamily.DECODE)
                        .flatMap(family -> Heuristics.guesses(family, SPEC, device).stream()))
                .map(Heuristics.Guess::tiles);
        Stream<TileConfig> packaged = TuningTable.packaged().rows().stream().map(TuningTable.Row::tiles);
        return Stream.concat(Stream.concat(guesses, EMULATED.stream()), packaged)
                .distinct();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void computesTheRightThing(TileConfig tiles, @TempDir Path folder) throws Exception {
        if (tiles.workItems() > 1) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        String row = String.join(
                ",", tiles.family().name(), "*", "F32", "64", "any", tiles.text(), "1", "this test", "2026-01-01");
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
