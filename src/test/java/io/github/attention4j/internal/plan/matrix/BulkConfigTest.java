package io.github.attention4j.internal.plan.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Families;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.SomeDevice;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles that Hopper's copy engine brings: what is legal, that nothing takes them unmeasured, and what is launched. */
class BulkConfigTest {
    private static final String TILES = "UNIT=7 SUB_GROUPS=8 TILE_KV=128 SHUFFLE=4 EMULATED=0";
    private static final String BULK = TILES + " STAGES=2 PRODUCER=1 PING_PONG=1";

    private static Device hopper() {
        return SomeDevice.of(Device.Type.GPU, "gpu", 1024, 48 << 10, 1, "", MatrixUnit.WGMMA.name());
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(1000)
                .headDim(128)
                .types(DType.F16);
    }

    private static Choice choose(EngineOptions options, AttentionSpec spec) {
        return new Planner(hopper(), options).choose(spec, (kernel, tiles) -> Optional.empty());
    }

    @Test
    void nothingIsTakenThatNoCardHasMeasuredAndTheExplanationSaysSo() {
        Choice choice = choose(EngineOptions.defaults(), builder().build());
        assertEquals("attn_forward_warpgroups", choice.options().kernel());
        assertTrue(
                choice.explanation().contains("not the copy engine unless a tuning row says STAGES="),
                choice.explanation());
    }

    @Test
    void theTunerFindsEachStep() {
        List<String> found = Candidates.guesses(KernelFamily.MATRIX, builder().build(), hopper()).stream()
                .map(Candidates.Tiles::text)
                .filter(text -> text.contains("STAGES"))
                .toList();
        assertEquals(
                List.of(
                        TILES + " STAGES=2 PRODUCER=0 PING_PONG=0",
                        TILES + " STAGES=2 PRODUCER=1 PING_PONG=0",
                        BULK,
                        "UNIT=7 SUB_GROUPS=12 TILE_KV=64 SHUFFLE=4 EMULATED=0 STAGES=2 PRODUCER=1 PING_PONG=1"),
                found);
    }

    @Test
    void aTuningRowTakesThemBehindAKernelThatLaysTilesOut() {
        EngineOptions options = EngineOptions.defaults().withTuningFile(MatrixEngines.table(BULK));
        Choice choice = choose(options, builder().build());
        assertEquals(BULK, choice.tiles().text());
        assertTrue(choice.options().isExperimental(), "checked against Java before its first use on every driver");
        assertEquals(
                List.of("attn_swizzle", "attn_forward_bulk"),
                choice.launches().stream()
                        .map(launch -> launch.kernel().kernel())
                        .toList());
        assertTrue(choice.launches().stream().allMatch(Launch::takesPartials));
        assertEquals(256 + 128, choice.launches().get(1).items());
        // Of two entries and heads 1,024 and 128 more rows of keys and values, and 18 flags each, rounded up to 32.
        assertEquals(4 * (1152 * 2 * 128 * 2 + 32), choice.partialBytes());
        assertEquals(1152 / 64, choice.launches().get(0).x());
    }

    @ParameterizedTest
    @CsvSource({
        "STAGES=1 PRODUCER=0 PING_PONG=0, STAGES must be 2 to 4",
        "STAGES=2 PRODUCER=0 PING_PONG=1, PING_PONG=1 needs PRODUCER=1",
    })
    void stepsThatNeedOthersAreRefusedWithout(String steps, String why) {
        TileConfig tiles = Families.parse(KernelFamily.MATRIX, TILES + " " + steps);
        assertTrue(tiles.misfit().orElse("").contains(why), tiles.misfit().toString());
        TileConfig one = Families.parse(KernelFamily.MATRIX, BULK.replace("SUB_GROUPS=8", "SUB_GROUPS=4"));
        assertTrue(
                one.misfit().orElse("").contains("two or three warpgroups"),
                one.misfit().toString());
        TileConfig other = Families.parse(KernelFamily.MATRIX, BULK.replace("UNIT=7", "UNIT=1"));
        assertTrue(
                other.misfit().orElse("").contains("those of WGMMA"),
                other.misfit().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"STAGES=2 PRODUCER=2 PING_PONG=0", "STAGES=2 PRODUCER=1", "STAGES=2 PING_PONG=0 PIECES=3"})
    void otherNumbersAreNoTiles(String steps) {
        assertThrows(IllegalArgumentException.class, () -> Families.parse(KernelFamily.MATRIX, TILES + " " + steps));
    }

    @Test
    void whatTilesCannotBeCopiedForIsSaid() {
        TileConfig tiles = Families.parse(KernelFamily.MATRIX, BULK);
        assertTrue(tiles.obstacle(builder().build().backward(), hopper())
                .orElseThrow()
                .contains("gradients"));
        assertTrue(tiles.obstacle(builder().keyLength(1 << 18).build(), hopper())
                .orElseThrow()
                .contains("are not shared out"));
        assertTrue(tiles.obstacle(builder().paged(64, 32).build(), hopper())
                .orElseThrow()
                .contains("not from pages"));
        assertTrue(tiles.obstacle(builder().headDim(256).build(), hopper())
                .orElseThrow()
                .contains("bytes of local memory"));
        Device other = SomeDevice.of(Device.Type.GPU, "gpu", 1024, 48 << 10, 1, "", MatrixUnit.MMA.name());
        assertTrue(tiles.obstacle(builder().build(), other).orElseThrow().contains("needs the matrix unit WGMMA"));
    }
}
