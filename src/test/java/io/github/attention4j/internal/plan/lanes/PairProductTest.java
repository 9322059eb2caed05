package io.github.attention4j.internal.plan.lanes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.Rotary;
import io.github.attention4j.internal.device.AmxPermission;
import io.github.attention4j.internal.device.CpuInstructions;
import io.github.attention4j.internal.device.UnitRate;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Families;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import io.github.attention4j.testing.SomeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * When the processor's dot product of bf16 is used: only where it is known to exist, and only where the caller lets
 * inputs be rounded.
 */
class PairProductTest {
    private static final String POCL = "Portable Computing Language";
    private static final String SAPPHIRE_RAPIDS =
            processor(0, "Intel(R) Xeon(R) Platinum 8480+", "fpu avx512f avx512_bf16 avx512_vnni amx_bf16");
    private static final String ZEN_4 = processor(0, "AMD EPYC 9654", "fpu avx512f avx512_bf16 avx512_vnni");
    private static final String ZEN_3 = processor(0, "AMD EPYC 7763", "fpu avx2 fma");
    /** Flags whose names merely contain it. */
    private static final String OTHER_FLAGS = processor(0, "AMD EPYC 9654", "fpu avx512f avx512_bf16x amx_avx512_bf16");
    /** Linux says neither model nor flags there. */
    private static final String ARM = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd bf16 avx512_bf16\n\n";

    private static String processor(int number, String model, String flags) {
        return "processor\t: " + number + "\nmodel name\t: " + model + "\nflags\t\t: " + flags
                + "\nvmx flags\t: avx512_bf16\nbogomips\t: 5192.29\n\n";
    }

    private static boolean isKnown(String system, String platform, String device, int vectorWidth, String cpuinfo) {
        return CpuInstructions.of(system, platform, device, vectorWidth, cpuinfo)
                .contains(Instruction.VDPBF16PS);
    }

    @Test
    void theInstructionIsKnownByTheFlagsOfEveryProcessor() {
        String zen4 = "pthread-skylake-avx512-AMD EPYC 9654";
        assertTrue(isKnown("Linux", POCL, zen4, 16, ZEN_4));
        assertTrue(isKnown("Linux", POCL, "cpu-znver4-AMD EPYC 9654", 16, ZEN_4 + ZEN_4));
        assertFalse(isKnown("Linux", POCL, "pthread-haswell-AMD EPYC 7763", 8, ZEN_3));
        assertFalse(isKnown("Linux", POCL, "pthread-haswell-AMD EPYC 7763", 16, ZEN_3));
        assertFalse(isKnown("Linux", POCL, zen4, 16, OTHER_FLAGS));
        assertFalse(isKnown("Linux", POCL, "cpu-neoverse-n1-", 16, ARM));
        assertFalse(isKnown("Linux", POCL, zen4, 16, ""), "no /proc/cpuinfo");
        assertFalse(isKnown("Linux", POCL, zen4, 16, "flags\t: avx512_bf16"), "no processor");
        String old = processor(1, "AMD EPYC 9654", "fpu avx512f");
        assertFalse(isKnown("Linux", POCL, zen4, 16, ZEN_4 + old), "one processor lacks it");
        assertFalse(isKnown("Linux", POCL, zen4, 16, ZEN_4 + "processor\t: 1\n"), "one processor's flags are not said");
    }

    @Test
    void productsOfBytesAloneAreKnownToo() {
        String cascadeLake = processor(0, "Intel(R) Xeon(R) Gold 6248", "fpu avx512f avx512_vnni");
        String device = "pthread-skylake-avx512-Intel(R) Xeon(R) Gold 6248";
        assertEquals(
                SomeDevice.instructions("VPDPBUSD"),
                CpuInstructions.of("Linux", POCL, device, 16, cascadeLake + cascadeLake));
        String mixed = cascadeLake + processor(1, "Intel(R) Xeon(R) Gold 6248", "fpu avx512f");
        assertEquals(SomeDevice.instructions(""), CpuInstructions.of("Linux", POCL, device, 16, mixed));
        String without = processor(0, "Intel(R) Xeon(R) Gold 6248", "fpu avx512f avx512_vnnix");
        assertEquals(SomeDevice.instructions(""), CpuInstructions.of("Linux", POCL, device, 16, without));
        assertEquals(
                SomeDevice.instructions(""),
                CpuInstructions.of("Linux", POCL, device, 8, cascadeLake),
                "compiled for smaller vectors");
    }

    /** On Intel's it is half as fast as floats, which its rate says and not its name: see {@code UnitRatesTest}. */
    @Test
    void whoMadeTheProcessorDoesNotMatter() {
        String device = "pthread-sapphirerapids-Intel(R) Xeon(R) Platinum 8480+";
        assertEquals(
                SomeDevice.instructions("VDPBF16PS"), CpuInstructions.of("Linux", POCL, device, 16, SAPPHIRE_RAPIDS));
    }

    /** Its tiles, their products of bf16 and the conversions that its kernels make, on every processor. */
    @Test
    void amxIsKnownByThreeFlagsOfEveryProcessor() {
        String device = "pthread-sapphirerapids-Intel(R) Xeon(R) Platinum 8480+";
        String all = "fpu avx512f avx512_bf16 avx512_vnni amx_tile amx_int8 amx_bf16";
        String model = "Intel(R) Xeon(R) Platinum 8480+";
        String able = processor(0, model, all);
        Set<Instruction> both = SomeDevice.instructions("TDPBF16PS");
        both.add(Instruction.TDPBSSD);
        assertEquals(both, CpuInstructions.of("Linux", POCL, device, 16, able + able));
        String noBytes = processor(0, model, all.replace("amx_int8", ""));
        assertEquals(
                SomeDevice.instructions("TDPBF16PS"), CpuInstructions.of("Linux", POCL, device, 16, able + noBytes));
        for (String missing : new String[] {"avx512_bf16", "amx_tile", "amx_bf16"}) {
            String without = processor(1, model, all.replace(missing, ""));
            assertFalse(
                    CpuInstructions.of("Linux", POCL, device, 16, able + without)
                            .contains(Instruction.TDPBF16PS),
                    missing);
        }
        assertFalse(CpuInstructions.of("Linux", POCL, device, 8, able).contains(Instruction.TDPBF16PS));
    }

    /** A driver of a version that nobody has tried is not given instructions of the processor, and the plan says so. */
    @Test
    void unknownVersionsOfTheDriverAreNamed() {
        Device later = new Device(
                "cpu:0",
                Device.Type.CPU,
                "cpu-znver4-AMD EPYC 9654",
                "AuthenticAMD",
                POCL + " OpenCL 3.0 PoCL 8.0",
                "8.0",
                2,
                16,
                4096,
                512 << 10,
                1L << 30,
                1L << 28,
                true,
                "",
                Set.of());
        String explained = choose(later, spec(DType.BF16).build()).explanation();
        assertTrue(explained.contains("; PoCL 8.0 is not among the versions known to compile them right"), explained);
    }

    @Test
    void elsewhereNothingIsKnown() {
        String device = "pthread-skylake-avx512-AMD EPYC 9654";
        assertFalse(isKnown("Windows 11", POCL, device, 16, ZEN_4));
        assertFalse(isKnown("Mac OS X", POCL, device, 16, ZEN_4));
        assertFalse(isKnown("Linux", "Intel(R) OpenCL", device, 16, ZEN_4));
        assertFalse(isKnown("Linux", POCL, "AMD EPYC 9654", 16, ZEN_4), "PoCL's drivers for other machines");
        assertFalse(isKnown("Linux", POCL, "pthread-skylake-avx512-AMD EPYC 7763", 16, ZEN_4), "another processor");
        assertFalse(isKnown("Linux", POCL, device, 8, ZEN_4), "compiled for smaller vectors");
    }

    private static Device processor(String unit) {
        return SomeDevice.of(Device.Type.CPU, "some processor", 4096, 512 << 10, 16, "", unit);
    }

    private static boolean isOfPairs(TileConfig tiles) {
        return ((LanesConfig) tiles).product() != PairProduct.NONE;
    }

    private static final Device ABLE = processor("VDPBF16PS");
    private static final Device UNABLE = processor("");

    private static AttentionSpecBuilder spec(DType type) {
        return AttentionSpec.builder().heads(4).sequenceLength(100).headDim(64).types(type);
    }

    private static Choice choose(Device device, AttentionSpec spec) {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(null);
        return new Planner(device, options).choose(spec, (ignored, tiles) -> Optional.empty());
    }

    /** Which specs use it where it exists; nothing does where it does not. */
    @ParameterizedTest
    @CsvSource({
        "F32, AS_STORED, false, false, query, key and value are F32",
        "F16, AS_STORED, false, false, query, key and value are F16",
        "BF16, AS_STORED, false, true, ",
        "BF16, AS_STORED, true, false, rotated queries and keys",
        "BF16, BF16, true, true, ",
        "F32, BF16, false, true, ",
        "F16, BF16, false, true, ",
    })
    void inputsAreRoundedOnlyIfTheyAreOrTheCallerLetsThem(
            DType type, Precision precision, boolean rotary, boolean wanted, String why) {
        AttentionSpecBuilder builder = spec(type).precision(precision);
        if (rotary) {
            builder.rotary(new Rotary(32, false, 100));
        }
        AttentionSpec spec = builder.build();
        Choice choice = choose(ABLE, spec);
        assertEquals(wanted, isOfPairs(choice.tiles()), choice.explanation());
        assertTrue(
                choice.options().text().contains(wanted ? " -D DOT=2 " : " -D DOT=0 "),
                choice.options().text());
        assertTrue(
                wanted
                        ? choice.explanation().contains("vdpbf16ps: products of")
                        : choice.explanation().contains("not VDPBF16PS: ")
                                && choice.explanation().contains(why),
                choice.explanation());
        Choice without = choose(UNABLE, spec);
        assertFalse(isOfPairs(without.tiles()), without.explanation());
        assertTrue(without.explanation().contains("not VDPBF16PS: some processor is not known to have vdpbf16ps"));
    }

    private static String explain(AttentionSpec spec, boolean isAsked, UnitRates rates) {
        EngineOptions options =
                EngineOptions.defaults().withCacheDirectory(null).withAmx(isAsked);
        return new Planner(processor("TDPBF16PS"), options, rates)
                .choose(spec, (kernel, tiles) -> Optional.empty())
                .explanation();
    }

    /** Forward and for gradients. */
    @Test
    void amxIsTakenUnlessItIsTurnedOff() {
        AttentionSpec bf16 = spec(DType.BF16).build();
        String without = explain(bf16, false, UnitRates.UNMEASURED);
        assertTrue(without.contains(" -D DOT=2 "), without);
        assertTrue(without.contains("not AMX, which some processor has: it was turned off"), without);
        String with = explain(bf16, true, UnitRates.UNMEASURED);
        assertTrue(with.contains(" -D DOT=3 ") && with.contains("tdpbf16ps: products of"), with);
        assertTrue(explain(spec(DType.F32).precision(Precision.BF16).build(), true, UnitRates.UNMEASURED)
                .contains(" -D DOT=3 "));
        assertTrue(explain(spec(DType.F32).build(), true, UnitRates.UNMEASURED).contains(" -D DOT=0 "));
        AttentionSpec backward = bf16.backward(Operand.QUERY, Operand.KEY, Operand.VALUE);
        assertTrue(explain(backward, true, UnitRates.UNMEASURED).contains(" -D DOT=3 "));
        assertTrue(explain(backward, false, UnitRates.UNMEASURED).contains(" -D DOT=2 "));
        String elsewhere = choose(ABLE, bf16).explanation();
        assertTrue(elsewhere.contains("not AMX: some processor is not known to have tdpbf16ps"), elsewhere);
        assertTrue(elsewhere.contains("avx512_bf16, amx_tile, amx_bf16 among the flags"), elsewhere);
    }

    /** What Linux, and then a measurement, say against it is in the explanation; the next best is taken. */
    @Test
    void amxGivesWayWhereItIsRefusedOrSlow() {
        AttentionSpec bf16 = spec(DType.BF16).build();
        AmxPermission refused = AmxPermission.of(new int[] {1, 1, -28, 0});
        List<Instruction> measured = new ArrayList<>();
        String explained = explain(
                bf16,
                true,
                new UnitRates(
                        instruction -> {
                            measured.add(instruction);
                            return null;
                        },
                        instruction -> instruction == Instruction.TDPBF16PS ? refused.obstacle() : Optional.empty()));
        assertTrue(explained.contains(" -D DOT=2 ") && explained.contains("errno 28"), explained);
        assertFalse(measured.contains(Instruction.TDPBF16PS), "measured without a permission");
        UnitRates slow =
                new UnitRates(instruction -> new UnitRate(instruction == Instruction.TDPBF16PS ? 80 : 160, 80));
        explained = explain(bf16, true, slow);
        assertTrue(explained.contains(" -D DOT=2 "), explained);
        assertTrue(explained.contains("tdpbf16ps makes 80.0 billion products"), explained);
    }

    /**
     * Its digits are kept, so nobody need ask for it; where floats are as fast or the unit is too slow, they are taken.
     */
    @Test
    void f16IsMultipliedInPiecesWhereThatIsSooner() {
        AttentionSpec f16 = spec(DType.F16).sequenceLength(512).build();
        String with = explain(f16, true, UnitRates.UNMEASURED);
        assertTrue(with.contains(" -D DOT=3 ") && with.contains(" -D PIECES=2 "), with);
        String without = explain(f16, false, UnitRates.UNMEASURED);
        assertTrue(without.contains(" -D DOT=0 ") && without.contains("it was turned off"), without);
        String few = explain(spec(DType.F16).sequenceLength(511).build(), true, UnitRates.UNMEASURED);
        assertTrue(few.contains(" -D DOT=0 ") && few.contains("not AMX of f16 in pieces: 511 queries"), few);
        String slow = explain(f16, true, new UnitRates(instruction -> new UnitRate(700, 80)));
        assertTrue(slow.contains(" -D DOT=0 ") && slow.contains("700.0 billion products a second"), slow);
        assertTrue(slow.contains("it should make 9 for one"), slow);
        String fast = explain(f16, true, new UnitRates(instruction -> new UnitRate(1200, 80)));
        assertTrue(fast.contains(" -D PIECES=2 "), fast);
        AttentionSpec rotated = spec(DType.F16)
                .sequenceLength(512)
                .rotary(new Rotary(64, false, 512))
                .build();
        String other = explain(rotated, true, UnitRates.UNMEASURED);
        assertTrue(other.contains(" -D DOT=0 ") && other.contains("more digits than two pieces"), other);
        String mixed = explain(f16.toBuilder().type(Operand.VALUE, DType.F32).build(), true, UnitRates.UNMEASURED);
        assertTrue(mixed.contains(" -D DOT=0 ") && mixed.contains("in query, key and value alike"), mixed);
        LanesPiecesConfig tiles = new LanesPiecesConfig(new LanesConfig(16, 2, 8, 256, 32, 16, PairProduct.AMX));
        assertEquals(tiles, Families.parse(tiles.family(), tiles.text()));
        assertEquals(Optional.empty(), tiles.misfit());
        assertFalse(tiles.isRounding());
        assertTrue(tiles.kernel(f16).isExperimental());
        assertTrue(new LanesPiecesConfig(new LanesConfig(16, 2, 8, 256, 32, 16))
                .misfit()
                .isPresent());
    }

    /** A table that was measured without it does not hide it, and one that was measured with it is believed. */
    @Test
    void whatWasTunedWithoutAmxComesAfterIt(@TempDir Path folder) throws IOException {
        AttentionSpec bf16 = spec(DType.BF16).build();
        String row = "\nforward,LANES,*,BF16,256,any,any,any,LANES=16 LANE_VECTORS=2 QUERY_BLOCKS=4 ";
        String without = row + "TILE_KV=64 KEY_BLOCK=8 VALUE_BLOCK=8 DOT=2,1,a test,2026-01-01";
        String with = row + "TILE_KV=96 KEY_BLOCK=32 VALUE_BLOCK=16 DOT=3,1,a test,2026-01-01";
        Path file = folder.resolve("tuning.csv");
        EngineOptions options =
                EngineOptions.defaults().withCacheDirectory(null).withTuningFile(file);
        for (boolean isAsked : new boolean[] {false, true}) {
            Files.writeString(file, TuningTable.HEADER + without + "\n");
            Planner planner = new Planner(processor("TDPBF16PS"), options.withAmx(isAsked));
            String explained =
                    planner.choose(bf16, (kernel, tiles) -> Optional.empty()).explanation();
            assertTrue(explained.contains(isAsked ? " -D DOT=3 " : " -D DOT=2 "), explained);
            Files.writeString(file, TuningTable.HEADER + with + "\n");
            planner = new Planner(processor("TDPBF16PS"), options.withAmx(isAsked));
            explained =
                    planner.choose(bf16, (kernel, tiles) -> Optional.empty()).explanation();
            assertEquals(isAsked, explained.contains(" -D TILE_KV=96"), explained);
        }
    }

    /** Also if a tuning table says so: of a shape that the unit has. */
    @Test
    void tilesOfAmxHaveItsShape() {
        LanesConfig tiles = new LanesConfig(16, 2, 8, 256, 32, 16, PairProduct.AMX);
        assertEquals(tiles, Families.parse(tiles.family(), tiles.text()));
        assertEquals(Optional.empty(), tiles.misfit());
        for (LanesConfig other : new LanesConfig[] {
            new LanesConfig(16, 4, 8, 256, 32, 16, PairProduct.AMX),
            new LanesConfig(16, 2, 8, 256, 16, 16, PairProduct.AMX_PLAIN),
            new LanesConfig(8, 2, 8, 256, 32, 16, PairProduct.AMX_PLAIN)
        }) {
            assertTrue(other.misfit().isPresent(), other.text());
        }
        LanesBackwardConfig backward = new LanesBackwardConfig(16, 64, 64, 4, 4, 4, PairProduct.AMX);
        assertEquals(backward, Families.parse(backward.family(), backward.text()));
        assertEquals(Optional.empty(), backward.misfit());
        for (LanesBackwardConfig other : new LanesBackwardConfig[] {
            new LanesBackwardConfig(16, 48, 64, 4, 4, 4, PairProduct.AMX),
            new LanesBackwardConfig(16, 64, 40, 4, 4, 4, PairProduct.AMX_PLAIN),
            new LanesBackwardConfig(16, 64, 96, 6, 4, 4, PairProduct.AMX_PLAIN),
            new LanesBackwardConfig(8, 64, 64, 4, 4, 4, PairProduct.AMX_PLAIN)
        }) {
            assertTrue(other.misfit().isPresent(), other.text());
        }
        assertTrue(tiles.kernel(spec(DType.BF16).build()).isExperimental());
        assertFalse(tiles.with(PairProduct.VDPBF16PS)
                .kernel(spec(DType.BF16).build())
                .isExperimental());
    }

    @Test
    void oneTypeOfTheThreeIsNotEnough() {
        AttentionSpec spec = spec(DType.BF16).type(Operand.VALUE, DType.F32).build();
        assertFalse(isOfPairs(choose(ABLE, spec).tiles()));
    }

    /** Also if a tuning table says so. */
    @Test
    void tilesOfTheInstructionAreIllegalWhereItIsNotKnown() {
        LanesConfig lanes = new LanesConfig(16, 4, 1, 64, 4, 4);
        LanesConfig tiles = lanes.with(PairProduct.VDPBF16PS);
        assertEquals(tiles, Families.parse(tiles.family(), tiles.text()));
        assertEquals(Optional.empty(), tiles.obstacle(spec(DType.BF16).build(), ABLE));
        assertTrue(
                tiles.obstacle(spec(DType.BF16).build(), UNABLE).orElseThrow().contains("not known to have"));
        assertTrue(tiles.obstacle(spec(DType.F32).build(), ABLE).orElseThrow().contains("Precision.BF16"));
        LanesConfig narrow = new LanesConfig(8, 4, 1, 64, 4, 4, PairProduct.VDPBF16PS);
        assertTrue(narrow.obstacle(spec(DType.BF16).build(), ABLE).orElseThrow().contains("16 lanes"));
        LanesConfig odd = new LanesConfig(16, 4, 1, 65, 5, 4, PairProduct.VDPBF16PS);
        assertTrue(odd.obstacle(spec(DType.BF16).build(), ABLE).orElseThrow().contains("KEY_BLOCK must be even"));
    }

    /** Inline assembly that a compiler does not take costs speed and not the call. */
    @Test
    void aKernelThatDoesNotBuildGivesWayToProductsOfFloats() {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(null);
        Choice choice = new Planner(ABLE, options).choose(spec(DType.BF16).build(), (compiled, tiles) -> {
            if (isOfPairs(tiles)) {
                throw new KernelBuildException("unknown token in expression\nvdpbf16ps", "attn_forward_lanes", null);
            }
            return Optional.empty();
        });
        assertFalse(isOfPairs(choice.tiles()));
        assertTrue(choice.explanation().contains("the driver does not build it: unknown token in expression"));
    }
}
