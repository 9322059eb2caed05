package io.github.attention4j.internal.plan.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.github.attention4j.internal.device.GpuInstructions;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Families;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.SomeDevice;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What has a matrix unit, what can run on it, and what is said when not. */
class MatrixConfigTest {
    private static final String INTEL = "cl_khr_fp16 cl_intel_subgroup_matrix_multiply_accumulate";

    private static Device gpu(MatrixUnit unit) {
        return SomeDevice.of(Device.Type.GPU, "gpu", 1024, 48 << 10, 1, "", unit == null ? "" : unit.name());
    }

    private static AttentionSpecBuilder builder(int headDim, DType type) {
        return AttentionSpec.builder()
                .heads(4)
                .sequenceLength(100)
                .headDim(headDim)
                .type(Operand.QUERY, type)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type);
    }

    private static Choice choose(MatrixUnit unit, EngineOptions options, AttentionSpec spec) {
        return new Planner(gpu(unit), options).choose(spec, (kernel, tiles) -> Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"gfx90a, MFMA", "gfx90a:sramecc+:xnack-, MFMA", "gfx942, MFMA", "gfx1100, WMMA", "gfx1201, WMMA12"})
    void amdIsKnownByTheNameOfTheChip(String name, MatrixUnit unit) {
        assertEquals(SomeDevice.instructions(unit.name()), GpuInstructions.of(name, "", 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"gfx906", "gfx90", "gfx1030", "gfx950", "Iris"})
    void otherNamesHaveNone(String name) {
        assertEquals(SomeDevice.instructions(""), GpuInstructions.of(name, "", 0, 0));
    }

    @Test
    void nvidiaIsKnownByItsComputeCapability() {
        assertEquals(SomeDevice.instructions("MMA"), GpuInstructions.of("A100", "", 8, 0));
        assertEquals(SomeDevice.instructions("WGMMA"), GpuInstructions.of("H100", "", 9, 0));
        assertEquals(SomeDevice.instructions("MMA"), GpuInstructions.of("B200", "", 10, 0));
        assertEquals(SomeDevice.instructions(""), GpuInstructions.of("T4", "", 7, 0));
    }

    @Test
    void intelIsKnownByItsExtensionAndItsSmallestSubGroup() {
        assertEquals(SomeDevice.instructions("DPAS8"), GpuInstructions.of("Arc", INTEL, 0, 8));
        assertEquals(SomeDevice.instructions("DPAS16"), GpuInstructions.of("Max", INTEL, 0, 16));
        assertEquals(SomeDevice.instructions(""), GpuInstructions.of("Iris", "cl_khr_fp16", 0, 8));
    }

    @ParameterizedTest
    @EnumSource
    void sixteenBitsGoToTheUnitFirst(MatrixUnit unit) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            Choice choice =
                    choose(unit, EngineOptions.defaults(), builder(64, type).build());
            assertEquals(KernelFamily.MATRIX, choice.tiles().family());
            String kernel = unit == MatrixUnit.WGMMA ? "attn_forward_warpgroups" : "attn_forward_matrix";
            assertTrue(choice.explanation().startsWith(kernel + " with UNIT="), choice.explanation());
            assertTrue(
                    choice.options().text().contains("-D EMULATED=0"),
                    choice.options().text());
        }
    }

    @Test
    void whatTheUnitCannotDoGoesToTilesAndTheExplanationSaysWhy() {
        String floats = choose(
                        MatrixUnit.MMA,
                        EngineOptions.defaults(),
                        builder(64, DType.F32).build())
                .explanation();
        assertTrue(floats.startsWith("attn_forward_tiles"), floats);
        assertTrue(
                floats.contains("not MATRIX: matrix units multiply query, key and value of one 16-bit type"), floats);
        AttentionSpec rotated =
                builder(64, DType.F16).rotary(new Rotary(64, false, 100)).build();
        String rotary =
                choose(MatrixUnit.MMA, EngineOptions.defaults(), rotated).explanation();
        assertTrue(rotary.startsWith("attn_forward_tiles"), rotary);
        assertTrue(rotary.contains("not MATRIX: rotated queries and keys"), rotary);
        String wide = choose(
                        MatrixUnit.DPAS8,
                        EngineOptions.defaults(),
                        builder(128, DType.F16).build())
                .explanation();
        assertTrue(wide.startsWith("attn_forward_tiles"), wide);
        assertTrue(wide.contains("not MATRIX: rows of 128 columns do not fit"), wide);
        String none = choose(
                        null, EngineOptions.defaults(), builder(64, DType.F16).build())
                .explanation();
        assertTrue(none.contains("not MATRIX: gpu reports no matrix unit"), none);
    }

    @Test
    void aDraftOfUnitsOfAllMakersIsNamedAndNotUsed() {
        String claim = "cl_khr_fp16 cl_khr_cooperative_matrix";
        Device device = SomeDevice.of(Device.Type.GPU, "gpu", 1024, 48 << 10, 1, claim, "");
        Choice choice = new Planner(device, EngineOptions.defaults())
                .choose(builder(64, DType.F16).build(), (kernel, tiles) -> Optional.empty());
        assertEquals(KernelFamily.TILES, choice.tiles().family());
        String why = "it names cl_khr_cooperative_matrix, a draft, for which there is no kernel yet";
        assertTrue(choice.explanation().contains(why), choice.explanation());
    }

    @Test
    void askingForMatrixWithoutAUnitSaysWhatIsMissingAndWhatToDo() {
        EngineOptions matrix = EngineOptions.defaults().withFamily(KernelFamily.MATRIX);
        UnsupportedByDeviceException refusal = assertThrows(
                UnsupportedByDeviceException.class,
                () -> choose(null, matrix, builder(64, DType.F16).build()));
        assertTrue(refusal.getMessage().contains("gpu reports no matrix unit"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("use another KernelFamily"), refusal.getMessage());
    }

    @Test
    void tilesOfOneUnitDoNotRunOnAnother() {
        AttentionSpec spec = builder(64, DType.F16).build();
        assertEquals(
                "needs the matrix unit MFMA, device has MMA",
                MatrixConfig.of(MatrixUnit.MFMA, 4, 32)
                        .obstacle(spec, gpu(MatrixUnit.MMA))
                        .orElseThrow());
        EngineOptions options = EngineOptions.defaults()
                .withFamily(KernelFamily.MATRIX)
                .withTuningFile(MatrixEngines.table("UNIT=2 SUB_GROUPS=4 TILE_KV=32 SHUFFLE=3 EMULATED=0"));
        assertEquals(
                MatrixConfig.of(MatrixUnit.MMA, 4, 64),
                choose(MatrixUnit.MMA, options, spec).tiles());
    }

    @ParameterizedTest
    @EnumSource
    void emulatedTilesRunAnywhere(MatrixUnit unit) {
        EngineOptions options = EngineOptions.defaults()
                .withFamily(KernelFamily.MATRIX)
                .withTuningFile(MatrixEngines.table(MatrixEngines.tiles(unit)));
        Choice choice = choose(null, options, builder(64, DType.BF16).build());
        assertEquals(MatrixEngines.tiles(unit), choice.tiles().text());
        assertFalse(choice.options().text().contains("intel"), "an option for Intel's compiler only");
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        assertTrue(MatrixConfig.of(MatrixUnit.MMA, 4, 24).misfit().isPresent());
        assertTrue(MatrixConfig.of(MatrixUnit.DPAS8, 1, 16).misfit().isPresent());
        assertTrue(new MatrixConfig(MatrixUnit.MMA, 4, 32, Shuffle.NVIDIA, true)
                .misfit()
                .isPresent());
        assertThrows(
                IllegalArgumentException.class,
                () -> Families.parse(KernelFamily.MATRIX, "UNIT=8 SUB_GROUPS=4 TILE_KV=32 SHUFFLE=0 EMULATED=0"));
    }

    @Test
    void gradientsTakeTheUnitWhereTheyFit() {
        EngineOptions options = EngineOptions.defaults();
        AttentionSpec plain = gradients(64);
        for (MatrixUnit unit : MatrixUnit.values()) {
            String chosen = choose(unit, options, plain).explanation();
            assertTrue(chosen.startsWith("attn_backward_keys_matrix"), chosen);
        }
        String wide = choose(MatrixUnit.WMMA, options, gradients(128)).explanation();
        assertTrue(wide.startsWith("attn_backward_keys_tiles"), wide);
        assertTrue(wide.contains("not MATRIX: gradients of rows of 128 columns"), wide);
        AttentionSpec floats =
                plain.toBuilder().type(Operand.GRAD_OUT, DType.F32).build();
        String mixed = choose(MatrixUnit.MMA, options, floats).explanation();
        assertTrue(mixed.startsWith("attn_backward_keys_tiles"), mixed);
        assertTrue(mixed.contains("not MATRIX: matrix units multiply grad_out and value of one 16-bit type"), mixed);
    }

    private static AttentionSpec gradients(int headDim) {
        return builder(headDim, DType.F16).types(DType.F16).build().backward();
    }

    @Test
    void hopperHasTheOlderUnitToo() {
        AttentionSpec spec = builder(64, DType.F16).build();
        Device hopper = gpu(MatrixUnit.WGMMA);
        assertEquals(Optional.empty(), MatrixConfig.of(MatrixUnit.MMA, 4, 64).obstacle(spec, hopper));
        assertEquals(
                "needs the matrix unit WGMMA, device has MMA",
                MatrixConfig.of(MatrixUnit.WGMMA, 4, 64)
                        .obstacle(spec, gpu(MatrixUnit.MMA))
                        .orElseThrow());
        Planner planner = new Planner(hopper, EngineOptions.defaults());
        Choice choice = planner.choose(
                spec,
                (options, tiles) ->
                        options.kernel().contains("warpgroups") ? Optional.of("no such driver") : Optional.empty());
        assertEquals(MatrixConfig.of(MatrixUnit.MMA, 4, 64), choice.tiles());
        assertTrue(choice.explanation().contains("no such driver"), choice.explanation());
    }

    @Test
    void warpgroupsHaveWhatHopperHasOfLocalMemoryAndNotMore() {
        AttentionSpec spec = builder(128, DType.F16).build();
        MatrixConfig tiles = MatrixConfig.of(MatrixUnit.WGMMA, 8, 128);
        Device hopper = gpu(MatrixUnit.WGMMA);
        assertTrue(tiles.localBytes(spec) > hopper.localMemory(), "more than the driver says there is");
        assertEquals(Optional.empty(), tiles.obstacle(spec, hopper));
        String refusal = MatrixConfig.of(MatrixUnit.WGMMA, 12, 128)
                .obstacle(builder(192, DType.F16).build(), hopper)
                .orElseThrow();
        assertTrue(refusal.contains("device has 232448"), refusal);
        MatrixConfig emulated = new MatrixConfig(MatrixUnit.WGMMA, 8, 128, Shuffle.EMULATED, true);
        assertTrue(emulated.obstacle(spec, gpu(null)).isPresent(), "emulation takes what the device says it has");
        assertTrue(MatrixConfig.of(MatrixUnit.WGMMA, 6, 64).misfit().isPresent());
        assertTrue(MatrixConfig.of(MatrixUnit.WGMMA, 4, 32).misfit().isPresent());
    }

    /** Warpgroups have them for two tiles. */
    @Test
    void whatIsKeptOfDistancesCountsAsLocalMemory() {
        AttentionSpecBuilder builder = builder(128, DType.F16);
        AttentionSpec plain = builder.build();
        AttentionSpec t5 = builder.score(Functions.t5(0, 32, 128, true))
                .scoreTensor(0, DType.F32, 32, 4)
                .build();
        MatrixConfig tiles = MatrixConfig.of(MatrixUnit.MMA, 4, 64);
        assertEquals(4 * (64 + 64), tiles.localBytes(t5) - tiles.localBytes(plain));
        tiles = MatrixConfig.of(MatrixUnit.WGMMA, 8, 128);
        assertEquals(2 * 4 * (128 + 128), tiles.localBytes(t5) - tiles.localBytes(plain));
        assertEquals(4 * (128 + 128), tiles.localBytes(t5, 3) - tiles.localBytes(plain, 3));
        tiles = MatrixConfig.of(MatrixUnit.MMA, 4, 64);
        Device exact =
                SomeDevice.of(Device.Type.GPU, "gpu", 1024, tiles.localBytes(plain), 1, "", MatrixUnit.MMA.name());
        assertEquals(Optional.empty(), tiles.obstacle(plain, exact));
        assertTrue(tiles.obstacle(t5, exact).orElseThrow().contains("of local memory"));
    }

    @Test
    void everyGuessFitsTheLocalMemoryOfItsDevice() {
        for (MatrixUnit unit : MatrixUnit.values()) {
            for (int headDim : new int[] {1, 64, 128, 256}) {
                AttentionSpec spec = builder(headDim, DType.F16).build();
                for (Guess guess : MatrixGuesses.of(unit, spec)) {
                    assertEquals(Optional.empty(), guess.tiles().obstacle(spec, gpu(unit)), unit + " " + guess);
                }
            }
        }
    }

    @Test
    void intelsCompilerIsAskedForMoreRegisters() {
        KernelOptions options = MatrixConfig.of(MatrixUnit.DPAS16, 4, 32)
                .kernel(builder(64, DType.F16).build());
        assertTrue(options.text().contains(" -cl-intel-256-GRF-per-thread "), options.text());
    }

    @Test
    void aKernelWithSubGroupsOfAnotherSizeDoesNotRun() {
        MatrixConfig tiles = MatrixConfig.of(MatrixUnit.WMMA, 4, 32);
        assertEquals(Optional.empty(), tiles.obstacleAfterBuild(1024, 100, 32, gpu(MatrixUnit.WMMA)));
        String refusal =
                tiles.obstacleAfterBuild(1024, 100, 64, gpu(MatrixUnit.WMMA)).orElseThrow();
        assertTrue(refusal.contains("sub-groups of 32 work-items, the compiled kernel's have 64"), refusal);
        MatrixConfig emulated = new MatrixConfig(MatrixUnit.WMMA, 4, 32, Shuffle.EMULATED, true);
        assertEquals(Optional.empty(), emulated.obstacleAfterBuild(1024, 100, 8, gpu(null)));
    }

    private static Optional<String> failToBuildForUnits(KernelOptions options, TileConfig tiles) {
        if (tiles.family() == KernelFamily.MATRIX) {
            throw new KernelBuildException(
                    "lib/matrix/units/mma.clh:30:3: error: no such thing\nand more", "a log", null);
        }
        return Optional.empty();
    }

    @Test
    void aDriverThatDoesNotBuildForItsUnitGetsTilesAndTheExplanationSaysWhy() {
        Choice choice = new Planner(gpu(MatrixUnit.MMA), EngineOptions.defaults())
                .choose(builder(64, DType.F16).build(), MatrixConfigTest::failToBuildForUnits);
        assertEquals(KernelFamily.TILES, choice.tiles().family());
        assertTrue(
                choice.explanation()
                        .contains(
                                "the driver does not build it: lib/matrix/units/mma.clh:30:3: error: no such thing\n"),
                choice.explanation());
    }

    @Test
    void whatADriverDidNotBuildIsNotTriedAgainForAnotherLength() {
        Planner planner = new Planner(gpu(MatrixUnit.MMA), EngineOptions.defaults());
        planner.choose(builder(64, DType.F16).build(), MatrixConfigTest::failToBuildForUnits);
        Choice second = planner.choose(builder(64, DType.F16).queryLength(77).build(), (options, tiles) -> {
            assertEquals(KernelFamily.TILES, tiles.family(), options.text());
            return Optional.empty();
        });
        assertEquals(KernelFamily.TILES, second.tiles().family());
        assertTrue(
                second.explanation().contains("lib/matrix/units/mma.clh:30:3: error: no such thing"),
                second.explanation());
    }

    @Test
    void aDriverThatDoesNotBuildForItsUnitFailsIfMatrixWasAskedFor() {
        EngineOptions matrix = EngineOptions.defaults().withFamily(KernelFamily.MATRIX);
        Planner planner = new Planner(gpu(MatrixUnit.MMA), matrix);
        assertThrows(
                KernelBuildException.class,
                () -> planner.choose(builder(64, DType.F16).build(), MatrixConfigTest::failToBuildForUnits));
    }

    @Test
    void floatsAreTakenApartWhereTheUnitIsSoMuchFaster() {
        int headDim = 64; // of 128, only NVIDIA's have tiles of TILES with so many queries
        AttentionSpec spec = AttentionSpec.builder()
                .heads(8)
                .sequenceLength(4096)
                .headDim(headDim)
                .build();
        EngineOptions options = EngineOptions.defaults();
        Choice choice = choose(MatrixUnit.WGMMA, options, spec);
        String text = choice.explanation();
        assertTrue(text.startsWith("attn_forward_matrix with UNIT=7 SUB_GROUPS=8 TILE_KV=64"), text);
        assertTrue(text.contains("f32 as 3 pieces of bf16, 6 products on WGMMA"), text);
        assertTrue(choice.options().isExperimental(), "checked against Java on drivers that had all other tests, too");
        assertEquals(
                List.of("attn_pieces", "attn_forward_matrix", "attn_forward_tiles"),
                choice.launches().stream()
                        .map(launch -> launch.kernel().kernel())
                        .toList());
        assertTrue(choice.launches().get(2).kernel().text().contains("-D IS_FALLBACK=1"));
        assertTrue(choice.launches().stream().allMatch(Launch::takesPartials));
        // 6 bytes of each number, and 24 heads with a flag for each 64 rows.
        assertEquals(3L * 8 * 4096 * headDim * 6 + 24 * 64 * 4 + 16, choice.partialBytes());
    }

    @Test
    void otherFloatsStayWithTilesAndTheExplanationSaysWhy() {
        AttentionSpecBuilder large =
                AttentionSpec.builder().heads(8).sequenceLength(4096).headDim(64);
        EngineOptions options = EngineOptions.defaults();
        String other = choose(MatrixUnit.MMA, options, large.build()).explanation();
        assertTrue(other.startsWith("attn_forward_tiles"), other);
        assertTrue(other.contains("not every MMA multiplies so much faster than f32"), other);
        String small = choose(
                        MatrixUnit.WGMMA, options, large.sequenceLength(256).build())
                .explanation();
        assertTrue(small.startsWith("attn_forward_tiles"), small);
        assertTrue(small.contains("for calls of 1073741824 multiply-adds or more"), small);
        AttentionSpec wide = large.sequenceLength(4096).headDim(192).build();
        String wideText = choose(MatrixUnit.WGMMA, options, wide).explanation();
        assertTrue(wideText.contains("pieces of rows of 192 columns do not fit"), wideText);
        String biased = choose(
                        MatrixUnit.WGMMA,
                        options,
                        large.headDim(64).bias(DType.F32).build())
                .explanation();
        assertTrue(biased.contains("pieces of f32 leave no registers"), biased);
        EngineOptions tiles = options.withFamily(KernelFamily.TILES);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(8)
                .sequenceLength(4096)
                .headDim(64)
                .build();
        assertEquals(
                KernelFamily.TILES,
                choose(MatrixUnit.WGMMA, tiles, spec).tiles().family());
    }

    @Test
    void aTuningRowTakesPiecesToAnyUnit() {
        String tiles = "UNIT=1 SUB_GROUPS=4 TILE_KV=32 SHUFFLE=4 EMULATED=0 PIECES=3";
        EngineOptions options = EngineOptions.defaults().withTuningFile(MatrixEngines.table(tiles));
        AttentionSpec spec = builder(64, DType.F32).build();
        Choice choice = choose(MatrixUnit.MMA, options, spec);
        assertEquals(tiles, choice.tiles().text());
        assertFalse(choice.tiles().isRounding());
        assertThrows(
                IllegalArgumentException.class,
                () -> Families.parse(KernelFamily.MATRIX, tiles.replace("PIECES=3", "PIECES=2")));
        TileConfig pieces = choice.tiles();
        assertEquals(
                Optional.of("gradients are not computed in pieces"),
                pieces.obstacle(spec.backward(), gpu(MatrixUnit.MMA)));
        assertEquals(
                Optional.of("pieces are those of f32"),
                pieces.obstacle(builder(64, DType.F16).build(), gpu(MatrixUnit.MMA)));
        assertTrue(pieces.obstacle(builder(64, DType.F32).scale(1e6f).build(), gpu(MatrixUnit.MMA))
                .orElseThrow()
                .startsWith("a scale of 1000000.0 would lift"));
        assertTrue(pieces.obstacle(builder(64, DType.F32).keyLength(1 << 18).build(), gpu(MatrixUnit.MMA))
                .orElseThrow()
                .contains("are not shared out"));
    }
}
