package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.decode.ByteProduct;
import io.github.attention4j.internal.plan.decode.DecodeLanesConfig;
import io.github.attention4j.internal.plan.decode.DecodeRowsConfig;
import io.github.attention4j.internal.plan.decode.DecodeTilesConfig;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.lanes.LanesConfig;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import io.github.attention4j.testing.SomeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When few queries are treated together, with which tiles, and how their keys are shared out. */
class DecodePlanTest {
    private static final Device CPU = SomeDevice.of(Device.Type.CPU, "cpu", 256, 1 << 20, 8);
    private static final Device WIDE_CPU = SomeDevice.of(Device.Type.CPU, "cpu", 256, 1 << 20, 16);
    private static final Device GPU = SomeDevice.of(Device.Type.GPU, "gpu", 256, 48 << 10, 1);
    private static final DecodeLanesConfig LANES = new DecodeLanesConfig(8, 4, 16, 1024, 3, ByteProduct.NONE);
    private static final DecodeRowsConfig ROWS = new DecodeRowsConfig(128, 16, 4, 4, Shuffle.NVIDIA);
    private static final DecodeTilesConfig GROUPS =
            new DecodeTilesConfig(new TilesConfig(16, 64, 16, 4, 16, Shuffle.NONE));

    private static AttentionSpec spec(int batch, int kvHeads, int queries, int keys) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(4 * kvHeads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(64)
                .build();
    }

    private static Choice choice(Device device, int queries) {
        return new Planner(device, EngineOptions.defaults())
                .choose(spec(1, 2, queries, 5000), (options, tiles) -> Optional.empty());
    }

    @Test
    void fewQueriesOfAHeadAreTreatedTogetherAndManyAreNot() {
        assertEquals(KernelFamily.DECODE, choice(CPU, 1).tiles().family());
        assertEquals(KernelFamily.DECODE, choice(CPU, 8).tiles().family());
        assertEquals(KernelFamily.LANES, choice(CPU, 9).tiles().family());
        assertEquals(KernelFamily.DECODE, choice(WIDE_CPU, 16).tiles().family());
        assertEquals(KernelFamily.LANES, choice(WIDE_CPU, 17).tiles().family());
        assertEquals(KernelFamily.DECODE, choice(GPU, 16).tiles().family());
        assertEquals(KernelFamily.TILES, choice(GPU, 17).tiles().family());
    }

    @Test
    void thePlannerSaysWhyAndHowManyShares() {
        String yes = choice(CPU, 1).explanation();
        assertTrue(yes.contains("attn_decode_lanes with") && yes.contains("4 even shares of the keys"), yes);
        assertTrue(yes.contains("1 queries a head, up to 8"), yes);
        String no = choice(CPU, 9).explanation();
        assertTrue(no.contains("not DECODE: 9 queries a head; for up to 8"), no);
        assertTrue(
                choice(GPU, 1).explanation().startsWith("attn_decode_tiles"),
                choice(GPU, 1).explanation());
    }

    @Test
    void whereNoTilesOfDecodeAreLegalTheNextFamilyIsTaken() {
        Choice choice = new Planner(CPU, EngineOptions.defaults())
                .choose(
                        spec(1, 2, 1, 100),
                        (options, tiles) ->
                                tiles.family() == KernelFamily.DECODE ? Optional.of("too fat") : Optional.empty());
        assertEquals(KernelFamily.LANES, choice.tiles().family());
        assertEquals(KeySplit.NONE, choice.split());
        assertTrue(choice.explanation().contains("too fat"), choice.explanation());
    }

    @Test
    void aWorkGroupHasAllRowsThatReadAKeyIfThereIsRoom() {
        for (Device device : new Device[] {CPU, WIDE_CPU, GPU}) {
            for (int queries : new int[] {1, 2, 5, 16}) {
                TileConfig first = Families.of(KernelFamily.DECODE)
                        .variants(spec(1, 2, queries, 100), device)
                        .get(0)
                        .guesses()
                        .get(0)
                        .tiles();
                assertTrue(first.tileQ() >= 4 * queries, first.text());
                assertEquals(Optional.empty(), first.obstacle(spec(1, 2, queries, 100), device));
            }
        }
    }

    private static Device processor(String unit) {
        return SomeDevice.of(Device.Type.CPU, "some processor", 4096, 512 << 10, 16, "", unit);
    }

    private static Choice choice(Device device, DType key, int headDim, boolean rotary) {
        AttentionSpecBuilder builder =
                spec(1, 2, 1, 5000).toBuilder().headDim(headDim).type(Operand.KEY, key);
        return new Planner(device, EngineOptions.defaults())
                .choose(
                        (rotary ? builder.rotary(new Rotary(32, false, 5000)) : builder).build(),
                        (options, tiles) -> Optional.empty());
    }

    @Test
    void keysOfBytesAreMultipliedAsSuchWhereTheInstructionIsKnown() {
        for (String unit : new String[] {"VDPBF16PS", "VPDPBUSD"}) {
            Choice choice = choice(processor(unit), DType.I8, 128, false);
            assertTrue(choice.options().text().contains(" -D BYTE_DOT=2 "), choice.explanation());
            assertTrue(choice.explanation().contains("; vpdpbusd, queries in digits"), choice.explanation());
        }
        String unknown = choice(processor(""), DType.I8, 128, false).explanation();
        assertTrue(
                unknown.contains("BYTE_DOT=0") && unknown.contains("not VPDPBUSD: some processor is not known"),
                unknown);
        String odd = choice(processor("VPDPBUSD"), DType.I8, 80, false).explanation();
        assertTrue(odd.contains("BYTE_DOT=0") && odd.contains("headDim must be a multiple of 64"), odd);
        String short64 = choice(processor("VPDPBUSD"), DType.I4, 64, false).explanation();
        assertTrue(short64.contains("BYTE_DOT=0") && short64.contains("headDim must be a multiple of 128"), short64);
        Choice halves = choice(processor("VPDPBUSD"), DType.I4, 128, false);
        assertTrue(halves.options().text().contains(" -D BYTE_DOT=2 "), halves.explanation());
        String rotated = choice(processor("VPDPBUSD"), DType.I8, 128, true).explanation();
        assertTrue(rotated.contains("BYTE_DOT=0") && rotated.contains("keys are rotated"), rotated);
        String floats = choice(processor("VPDPBUSD"), DType.F16, 128, false).explanation();
        assertTrue(floats.contains("BYTE_DOT=0") && !floats.contains("VPDPBUSD"), floats);
    }

    /** Also if a tuning table says so. */
    @Test
    void tilesOfBytesAreIllegalWhereTheyCannotBe() {
        DecodeLanesConfig tiles = new DecodeLanesConfig(16, 4, 4, 64, 3, ByteProduct.VPDPBUSD);
        AttentionSpec bytes =
                spec(1, 2, 1, 100).toBuilder().type(Operand.KEY, DType.I8).build();
        assertEquals(Optional.empty(), tiles.obstacle(bytes, processor("VPDPBUSD")));
        assertTrue(tiles.obstacle(bytes, processor("")).orElseThrow().contains("not known to have vpdpbusd"));
        assertTrue(tiles.obstacle(spec(1, 2, 1, 100), processor("VPDPBUSD"))
                .orElseThrow()
                .contains("keys are F32"));
        DecodeLanesConfig plain = new DecodeLanesConfig(16, 4, 4, 64, 3, ByteProduct.PLAIN);
        assertEquals(Optional.empty(), plain.obstacle(bytes, processor("")));
        assertEquals(plain, Families.parse(KernelFamily.DECODE, plain.text()));
        assertTrue(new DecodeLanesConfig(8, 4, 4, 64, 3, ByteProduct.PLAIN)
                .misfit()
                .orElseThrow()
                .contains("needs 16 lanes"));
        assertTrue(new DecodeLanesConfig(16, 2, 4, 64, 3, ByteProduct.AMX)
                .misfit()
                .orElseThrow()
                .contains("needs ROW_BLOCK 4"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Families.parse(KernelFamily.DECODE, plain.text().replace("BYTE_DOT=1", "BYTE_DOT=5")));
    }

    /** What was measured with floats says nothing about bytes. */
    @Test
    void tilesThatWereTunedWithFloatsDoNotTakeTheInstructionAway(@TempDir Path folder) throws IOException {
        AttentionSpec bytes =
                spec(1, 2, 1, 100).toBuilder().type(Operand.KEY, DType.I8).build();
        DecodeLanesConfig tuned = new DecodeLanesConfig(16, 4, 4, 64, 3, ByteProduct.NONE);
        Path table = Files.writeString(
                folder.resolve("tuned.csv"),
                TuningTable.HEADER + "\nforward,DECODE,*,F32,256,any,any,any," + tuned.text()
                        + ",1,a test,2026-01-01\n");
        Planner planner =
                new Planner(processor("VPDPBUSD"), EngineOptions.defaults().withTuningFile(table));
        TileConfig chosen =
                planner.choose(bytes, (options, tiles) -> Optional.empty()).tiles();
        assertEquals(ByteProduct.VPDPBUSD, ((DecodeLanesConfig) chosen).product());
        assertEquals(
                tuned,
                planner.choose(spec(1, 2, 1, 100), (options, tiles) -> Optional.empty())
                        .tiles());
    }

    /** A kernel with an instruction of the processor is not what a driver promises to build: then floats are taken. */
    @Test
    void aDriverThatDoesNotBuildTheInstructionGetsFloats() {
        AttentionSpec bytes =
                spec(1, 2, 1, 100).toBuilder().type(Operand.KEY, DType.I8).build();
        Choice choice = new Planner(processor("VPDPBUSD"), EngineOptions.defaults()).choose(bytes, (options, tiles) -> {
            if (options.text().contains("BYTE_DOT=2")) {
                throw new KernelBuildException("no such instruction", "", null);
            }
            return Optional.empty();
        });
        assertTrue(choice.options().text().contains(" -D BYTE_DOT=0 "), choice.explanation());
        assertTrue(choice.explanation().contains("the driver does not build it: no such instruction"));
    }

    @Test
    void textCanBeReadBack() {
        assertEquals(LANES, Families.parse(KernelFamily.DECODE, LANES.text()));
        assertEquals(GROUPS, Families.parse(KernelFamily.DECODE, GROUPS.text()));
        assertEquals(ROWS, Families.parse(KernelFamily.DECODE, ROWS.text()));
        assertThrows(IllegalArgumentException.class, () -> Families.parse(KernelFamily.DECODE, "LANES=8 ROW_BLOCK=4"));
    }

    private static String misfit(int lanes, int rowBlock, int tileRows, int tileKv, int valueBlock) {
        return new DecodeLanesConfig(lanes, rowBlock, tileRows, tileKv, valueBlock, ByteProduct.NONE)
                .misfit()
                .orElseThrow();
    }

    @Test
    void namesNumbersThatDoNotFitTogether() {
        assertEquals(Optional.empty(), LANES.misfit());
        assertTrue(misfit(5, 1, 4, 40, 3).contains("LANES must be"));
        assertTrue(misfit(8, 3, 6, 64, 3).contains("ROW_BLOCK must divide"));
        assertTrue(misfit(8, 4, 6, 64, 3).contains("ROW_BLOCK must divide"));
        assertTrue(misfit(8, 4, 8, 60, 3).contains("LANES must divide"));
        assertTrue(misfit(8, 4, 8, 64, 0).contains("at least 1"));
        assertEquals(Optional.empty(), ROWS.misfit());
        assertTrue(new DecodeRowsConfig(128, 12, 4, 4, Shuffle.NVIDIA)
                .misfit()
                .orElseThrow()
                .contains("power of two"));
        assertTrue(new DecodeRowsConfig(8, 16, 4, 4, Shuffle.NVIDIA).misfit().isPresent());
        assertTrue(new DecodeRowsConfig(128, 16, 4, 4, Shuffle.NONE)
                .misfit()
                .orElseThrow()
                .contains("need a SHUFFLE"));
        assertEquals(
                "SHUFFLE=4 needs cl_nv_device_attribute_query, which device lacks",
                ROWS.obstacle(spec(1, 1, 1, 10), GPU).orElseThrow());
        assertTrue(new DecodeTilesConfig(new TilesConfig(6, 64, 16, 2, 16, Shuffle.NONE))
                .misfit()
                .isPresent());
    }

    @Test
    void keysAreSharedOutUntilTheDeviceIsBusy() { // 2 compute units, 4 groups for each wanted
        assertEquals(new KeySplit(8, 0), KeySplit.of(spec(1, 1, 1, 65536), LANES, CPU, 0));
        assertEquals(new KeySplit(3, 0), KeySplit.of(spec(1, 3, 1, 65536), LANES, CPU, 0));
        assertEquals(KeySplit.NONE, KeySplit.of(spec(4, 2, 1, 65536), LANES, CPU, 0));
        assertEquals(new KeySplit(2, 0), KeySplit.of(spec(1, 1, 16, 65536), LANES, CPU, 0)); // 64 rows: four groups
        assertEquals(KeySplit.NONE, KeySplit.of(spec(1, 1, 1, 256), LANES, CPU, 0));
        assertEquals(new KeySplit(2, 0), KeySplit.of(spec(1, 1, 1, 257), LANES, CPU, 0));
    }

    @Test
    void oneLongSequenceAmongShortOnesKeepsTheDeviceBusy() {
        AttentionSpec own = spec(64, 1, 1, 65536).toBuilder().keyLengths().build();
        assertEquals(KeySplit.NONE, KeySplit.of(spec(64, 1, 1, 65536), LANES, CPU, 0));
        assertEquals(new KeySplit(8, 0), KeySplit.of(own, LANES, CPU, 0));
    }

    @Test
    void aGivenSizeDependsOnNothingElse() {
        assertEquals(new KeySplit(7, 10), KeySplit.of(spec(1, 1, 1, 65), LANES, CPU, 10));
        assertEquals(new KeySplit(7, 10), KeySplit.of(spec(64, 8, 3, 65), GROUPS, GPU, 10));
        assertEquals(new KeySplit(1, 100), KeySplit.of(spec(1, 1, 1, 65), LANES, CPU, 100));
        assertNotEquals(KeySplit.NONE, new KeySplit(1, 100));
        assertEquals(KeySplit.NONE, KeySplit.of(spec(1, 1, 1, 65), new LanesConfig(8, 2, 4, 60, 6, 6), CPU, 10));
    }

    @Test
    void sharesOfLongRowsAreAsShortAsMemoryAllowsAndNeverTooLongToSum() {
        assertEquals(KeySplit.NONE, KeySplit.ofLongRows(spec(1, 1, 1, 1 << 17), CPU));
        assertEquals(new KeySplit(5, 1 << 15), KeySplit.ofLongRows(spec(1, 1, 1, (1 << 17) + 1), CPU));
        for (int kvHeads : new int[] {1, 8}) {
            for (int length : new int[] {1 << 18, 1 << 20, 1 << 22}) {
                KeySplit split = KeySplit.ofLongRows(spec(1, kvHeads, length, length), CPU);
                assertTrue((long) split.splits() * split.keys() >= length, split.toString());
                assertTrue(split.keys() <= 1 << 22, split.toString());
                boolean isSmall =
                        split.partialBytes(spec(1, kvHeads, length, length)) <= Math.min(CPU.maxAllocation(), 1 << 30);
                assertTrue(isSmall || split.keys() == 1 << 22, split.toString());
            }
        }
    }

    @Test
    void partialResultsThatFitNoBufferAreRefusedWithAWayOut() {
        UnsupportedByDeviceException refusal = assertThrows(
                UnsupportedByDeviceException.class, () -> KeySplit.of(spec(64, 8, 16, 1 << 16), LANES, CPU, 1));
        assertTrue(refusal.getMessage().contains("use a larger splitSize"), refusal.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> EngineOptions.defaults().withSplitSize(-1));
    }

    @Test
    void noShareIsSoLongThatItsSumLosesItsDigits() {
        EngineOptions options = EngineOptions.defaults();
        assertEquals(1 << 22, options.withSplitSize(1 << 22).splitSize());
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> options.withSplitSize((1 << 22) + 1));
        assertTrue(
                refusal.getMessage().startsWith("splitSize must be at most 4194304 keys, but is 4194305"),
                refusal.getMessage());
    }

    @Test
    void sixteenBytesAtOnceAreForWholeRowsOf16Bits() {
        TileConfig tiles = Families.parse(
                KernelFamily.DECODE, "ITEMS=128 KEY_LANES=16 ROW_BLOCK=4 KEY_STEPS=2 SHUFFLE=4 LOAD_FOURS=2");
        Device device = SomeDevice.of(Device.Type.GPU, "gpu", 1024, 48 << 10, 1, "", "MMA");
        AttentionSpecBuilder step = AttentionSpec.builder()
                .heads(8)
                .kvHeads(2)
                .queryLength(1)
                .keyLength(100)
                .headDim(128)
                .types(DType.F16);
        String fit = tiles.obstacle(step.build(), device).orElse("");
        assertFalse(fit.contains("eight") || fit.contains("16 bytes"), fit);
        assertTrue(tiles.obstacle(step.build().toBuilder().headDim(96).build(), device)
                .orElseThrow()
                .contains("eight for each of KEY_LANES"));
        assertTrue(tiles.obstacle(step.build().toBuilder().types(DType.F32).build(), device)
                .orElseThrow()
                .contains("16 bytes at once are read of 16-bit floats"));
        assertTrue(Families.parse(KernelFamily.DECODE, tiles.text().replace("LOAD_FOURS=2", "LOAD_FOURS=3"))
                .misfit()
                .orElseThrow()
                .contains("LOAD_FOURS must be 1 or 2"));
    }
}
