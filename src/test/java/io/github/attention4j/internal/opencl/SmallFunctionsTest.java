package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.kernel.FunctionDistances;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.score.Functions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The self-check of calls with functions and block masks: drivers that get just those wrong are found. */
@Tag("opencl")
class SmallFunctionsTest {
    private static final EngineOptions NO_FOLDER = EngineOptions.defaults().withCacheDirectory(null);
    private static final JavaSide JAVA = Backends.javaSide(EngineOptions.defaults());

    @TempDir
    Path folder;

    private static AttentionSpecBuilder sizes() {
        return AttentionSpec.builder().heads(2).sequenceLength(40).headDim(8).returnLse();
    }

    private static AttentionSpec withAll() {
        return sizes().score(Functions.t5(1, 8, 16, true))
                .scoreTensor(1, DType.F32, 8, 2)
                .keep(Functions.documents(0, 0))
                .scoreTensor(0, DType.I32, 40)
                .blockMask(16, 16)
                .build();
    }

    @Test
    void aDriverThatIsRightPasses() {
        AttentionSpec[] specs = {
            withAll(),
            withAll().backward(),
            sizes().blockMask(32, 16).build(),
            sizes().score((score, place) -> score.times(place.number(0)))
                    .scoreNumbers(1)
                    .build()
        };
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), NO_FOLDER, JAVA)) {
            for (AttentionSpec spec : specs) {
                AttentionPlan plan = backend.plan(spec);
                assertTrue(plan instanceof ClPlan, plan.explain());
                assertFalse(plan.explain().contains("self-check of"), plan.explain());
            }
        }
    }

    @Test
    void aWrongScoreFunctionIsFound() {
        checkFound(
                sizes().score(Functions.gaussian(9)).build(),
                "function_score(score, pair",
                "0.9f * function_score(score, pair");
    }

    /** The program that is checked looks distances up in local memory if the larger call's does, and else not. */
    @Test
    void distancesAreLookedUpAsByTheLargerCall() {
        for (AttentionSpec spec : new AttentionSpec[] {
            withAll(), sizes().score(Functions.gaussian(9)).build()
        }) {
            AttentionSpecBuilder small = SmallFunctions.addAll(sizes(), spec, 40);
            assertEquals(
                    FunctionDistances.inLocalMemory(spec),
                    FunctionDistances.inLocalMemory(small.build()),
                    spec.score().toString());
        }
    }

    /** Blocks that are seen in part are taken for full ones: the keep function is not asked. */
    @Test
    void aWrongBlockMaskIsFound() {
        checkFound(withAll(), "BLOCK_PART + (listed & 1)", "BLOCK_FULL");
    }

    /** The same fault does no harm where there is no block mask. */
    @Test
    void otherCallsAreNotRefused() {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        plant(withAll(), source -> source.replace("BLOCK_PART + (listed & 1)", "BLOCK_FULL"), options);
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), options, JAVA)) {
            assertEquals(KernelFamily.JAVA, backend.plan(withAll()).family());
            AttentionPlan plain = backend.plan(sizes().build());
            assertTrue(plain instanceof ClPlan, plain.explain());
        }
    }

    private void checkFound(AttentionSpec spec, String right, String wrong) {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        plant(spec, source -> source.replace(right, wrong), options);
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), options, JAVA)) {
            AttentionPlan plan = backend.plan(spec);
            assertEquals(KernelFamily.JAVA, plan.family());
            assertTrue(plan.explain().contains("failed, so it is not used on this engine"), plan.explain());
        }
    }

    /** Puts the program that the check of a spec takes, but wrong, where the next engine will find it. */
    private static void plant(AttentionSpec spec, UnaryOperator<String> wrong, EngineOptions options) {
        OpenCl.Found unknown = SelfCheckTest.unknown();
        TileConfig tiles = new Planner(unknown.device(), NO_FOLDER)
                .choose(spec, (ignored, candidate) -> Optional.empty())
                .tiles();
        KernelOptions checked =
                tiles.kernel(SmallAttention.of(spec, tiles).specs().get(0), false);
        SelfCheckTest.plant(
                unknown,
                checked,
                source -> {
                    String planted = wrong.apply(source);
                    assertFalse(planted.equals(source), "there is nothing to plant in");
                    return planted;
                },
                options);
    }
}
