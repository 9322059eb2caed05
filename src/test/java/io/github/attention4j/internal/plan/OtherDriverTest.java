package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.Family.Variant;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DecodeEngines;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every OpenCL driver must get right, in few programs of the smallest tiles: a driver that compiles for ten
 * seconds each can run it too.
 *
 * <p>The problems must stay small for another reason. Mesa's software device ends every loop of a work-item without a
 * word once that work-item has been through 65,535 iterations, of all its loops together (seen on Mesa 22.3.6 with an
 * empty loop that counts; Mesa's source calls it LP_MAX_TGSI_LOOP_ITERATIONS). It has no fma either and takes many
 * instructions, and loops, for each. A row of 64 elements and 120 keys is too much for the LANES family there.
 */
@Tag("opencl")
@Tag("rusticl")
class OtherDriverTest {
    private static final long SEED = 3;
    private static final int CASES = 40;

    /** Lanes are long code, which such a driver compiles for half a minute; so they get the plain program alone. */
    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(KernelFamily.LANES, 0),
                Arguments.of(KernelFamily.DECODE, 0),
                Arguments.of(KernelFamily.TILES, 0),
                Arguments.of(KernelFamily.TILES, 1),
                Arguments.of(KernelFamily.TILES, 2),
                Arguments.of(KernelFamily.TILES, 3));
    }

    @ParameterizedTest(name = "{0} program {1}")
    @MethodSource("programs")
    void smallestTilesAgreeWithTheReference(KernelFamily family, int number, @TempDir Path folder) throws Exception {
        if (family == KernelFamily.TILES) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        SweepProgram program = SweepProgram.of(number, true, SEED);
        try (AttentionEngine engine = withSmallestTiles(family, folder)) {
            for (int i = 0; i < CASES; i++) {
                SweepCase.Call call = SweepCase.of(program, i, SEED);
                AttentionSpec spec = call.problem().spec();
                AttentionArrays inputs = call.problem().inputs();
                AttentionArrays outputs = call.problem().outputs();
                call.way().run(engine, spec, inputs, outputs);
                assertTrue(
                        engine.plan(spec).explain().contains("this test"),
                        engine.plan(spec).explain());
                Budget.check("case " + i + ": " + spec + " by " + call.way(), spec, inputs, outputs);
            }
        }
    }

    @Test
    void thePlannerFindsAFamilyByItself() {
        Device device = AttentionEngine.devices().get(0);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(70)
                .headDim(8)
                .causal()
                .build();
        try (AttentionEngine engine = AttentionEngine.open(device.id())) {
            Problem problem = Problem.of(spec);
            Budget.check(problem, engine.attend(spec, problem.query(), problem.key(), problem.value()), null);
            assertEquals(
                    device.type() == Device.Type.CPU,
                    engine.plan(spec).family() == KernelFamily.LANES,
                    engine.plan(spec).explain());
        }
    }

    private static AttentionEngine withSmallestTiles(KernelFamily family, Path folder) throws Exception {
        Device device = AttentionEngine.devices().get(0);
        AttentionSpec any =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(8).build();
        List<Variant> variants = Families.of(family).variants(any, device);
        List<Guess> guesses = variants.get(variants.size() - 1).guesses();
        // The heuristics offer decode kernels of few work-items only where nothing else fits.
        boolean isDecodeOnGpu = family == KernelFamily.DECODE && device.type() != Device.Type.CPU;
        String smallest = isDecodeOnGpu
                ? DecodeEngines.GROUP_TILES
                : guesses.get(guesses.size() - 1).tiles().text();
        String row = "forward," + family + ",*,F32,4096,any,any,any," + smallest + ",1,this test,2026-01-01";
        Path table = Files.writeString(folder.resolve("table.csv"), TuningTable.HEADER + "\n" + row + "\n");
        return AttentionEngine.open(
                device.id(), EngineOptions.defaults().withFamily(family).withTuningFile(table));
    }
}
