package io.github.attention4j.internal.plan.tiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.testing.SomeDevice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilesGuessesTest {
    private static final Device NVIDIA =
            SomeDevice.of(Device.Type.GPU, "some", 1024, 48 << 10, 1, "cl_nv_device_attribute_query");

    private static Device intel(String best) {
        String extensions = "cl_intel_subgroups cl_intel_required_subgroup_size";
        return SomeDevice.of(Device.Type.GPU, "intel", 512, 64 << 10, 1, extensions, best);
    }

    private static TilesConfig first(int headDim, Device device) {
        return (TilesConfig)
                TilesGuesses.of(SomeDevice.spec(headDim), device).get(0).tiles();
    }

    @Test
    void theLargestMicroTileThatRegistersHoldComesFirst() {
        assertEquals(new TilesConfig(128, 64, 8, 16, 8, Shuffle.NVIDIA), first(64, NVIDIA));
        assertEquals(new TilesConfig(64, 64, 16, 8, 16, Shuffle.NVIDIA), first(128, NVIDIA));
        assertEquals(new TilesConfig(64, 64, 16, 16, 16, Shuffle.INTEL8), first(64, intel("")));
        assertEquals(new TilesConfig(64, 64, 8, 16, 8, Shuffle.INTEL8), first(128, intel("DPAS8")));
        assertEquals(new TilesConfig(64, 64, 16, 16, 16, Shuffle.INTEL), first(64, intel("DPAS16")));
        for (String name : new String[] {"gfx90a:sramecc+", "gfx1100"}) {
            Device amd = SomeDevice.of(Device.Type.GPU, name, 256, 64 << 10, 1, "cl_amd_device_attribute_query");
            int accumulators = first(64, amd).accumulators(SomeDevice.spec(64));
            assertEquals(name.startsWith("gfx90a") ? 128 : 64, accumulators, name);
        }
    }

    /** 32 KiB is what OpenCL 1.2 promises. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 17, 64, 80, 100, 128, 192, 256, 320, 512})
    void everyHeadSizeHasLegalTilesInLittleLocalMemory(int headDim) {
        for (String extensions : new String[] {"", "cl_nv_device_attribute_query", "cl_khr_subgroup_shuffle"}) {
            Device device = SomeDevice.of(Device.Type.GPU, "small", 256, 32 << 10, 1, extensions);
            Planner planner = new Planner(device, EngineOptions.defaults());
            AttentionSpec spec = SomeDevice.spec(headDim);
            Choice choice = planner.choose(spec, (options, tiles) -> Optional.empty());
            assertTrue(choice.tiles().localBytes(spec) <= 32 << 10, choice.explanation());
        }
    }

    @Test
    void whatIsTooHeavyForRegistersIsNotOfferedBesideWhatFits() {
        Device amd = SomeDevice.of(Device.Type.GPU, "gfx1100", 256, 64 << 10, 1, "cl_amd_device_attribute_query");
        assertEquals(8, TilesGuesses.of(SomeDevice.spec(64), amd).size());
        for (Guess guess : TilesGuesses.of(SomeDevice.spec(64), amd)) {
            assertFalse(guess.reason().contains("more than registers hold"), guess.reason());
        }
    }

    @Test
    void pairsLeaveFewerRegistersForAccumulators() {
        AttentionSpecBuilder builder =
                AttentionSpec.builder().heads(1).sequenceLength(64).headDim(64);
        AttentionSpec plain = builder.build();
        AttentionSpec pairs = builder.bias(DType.F32).build();
        Device amd = SomeDevice.of(Device.Type.GPU, "gfx90a", 256, 64 << 10, 1, "cl_amd_device_attribute_query");
        TilesConfig tiles = (TilesConfig) TilesGuesses.of(pairs, amd).get(0).tiles();
        assertTrue(tiles.accumulators(pairs) < 112, tiles.text());
        assertEquals(128, ((TilesConfig) TilesGuesses.of(plain, amd).get(0).tiles()).accumulators(plain));
    }

    @Test
    void whatIsTooHeavyForRegistersComesLast() {
        AttentionSpec spec = SomeDevice.spec(1000);
        int before = 0;
        for (Guess guess : TilesGuesses.of(spec, NVIDIA)) {
            int accumulators = ((TilesConfig) guess.tiles()).accumulators(spec);
            assertEquals(accumulators > 128, guess.reason().contains("more than registers hold"), guess.reason());
            assertTrue(accumulators >= before || accumulators <= 128);
            before = accumulators > 128 ? accumulators : 0;
        }
    }

    @Test
    void foursAreAlignedWhenEveryRowBeginsAtAMultipleOfFour() {
        assertTrue(isAligned(AttentionSpec.builder().heads(2).sequenceLength(9).headDim(8)));
        assertTrue(isAligned(AttentionSpec.builder()
                .heads(2)
                .sequenceLength(9)
                .headDim(8)
                .type(Operand.KEY, DType.BF16)
                .layout(Operand.KEY, new Layout(4, 0, 12, 24))));
        assertFalse(isAligned(AttentionSpec.builder().heads(2).sequenceLength(9).headDim(6)));
        assertFalse(isAligned(
                AttentionSpec.builder().heads(2).sequenceLength(9).headDim(8).valueDim(7)));
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            for (Layout layout : new Layout[] {
                new Layout(2, 144, 72, 8),
                new Layout(0, 144, 74, 8),
                new Layout(0, 180, 90, 10),
                new Layout(0, 1L << 40, 1L << 36, 1L << 30)
            }) {
                assertFalse(
                        isAligned(AttentionSpec.builder()
                                .heads(2)
                                .sequenceLength(9)
                                .headDim(8)
                                .layout(operand, layout)),
                        operand + " " + layout);
            }
        }
    }

    private static boolean isAligned(AttentionSpecBuilder builder) {
        return new TilesConfig(64, 64, 16, 16, 16, Shuffle.NONE)
                .kernel(builder.build())
                .text()
                .contains("IS_ALIGNED=1");
    }

    /** Of gradients a work-item has two, so those of wide rows are computed in passes over their columns. */
    @Test
    void gradientsOfWideRowsTakePasses() {
        for (Device device : new Device[] {NVIDIA, intel(""), intel("DPAS8")}) {
            for (int headDim : new int[] {64, 256}) {
                AttentionSpec spec = SomeDevice.spec(headDim).backward();
                TilesBackwardConfig first = TilesBackwardGuesses.of(spec, device).stream()
                        .map(guess -> (TilesBackwardConfig) guess.tiles())
                        .filter(tiles -> tiles.obstacle(spec, device).isEmpty())
                        .findFirst()
                        .orElseThrow();
                assertEquals(headDim == 64, first.passes() == 1, first.text());
                int lanes = device == NVIDIA ? 0 : 8;
                assertEquals(lanes, first.lanes(), first.text());
            }
        }
    }
}
