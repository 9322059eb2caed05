package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.Problem;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Additive scores: what takes the place of the dot product, and nothing else changes. */
class AdditiveScoresTest {
    private static final int NOWHERE = -1;

    static Stream<EveryKernel> kernels() {
        return EveryKernel.all()
                .filter(kernel ->
                        !kernel.name().startsWith("DECODE") && !kernel.name().startsWith("MATRIX"));
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void outputsAgreeWithTheReference(EveryKernel kernel) {
        for (Mask mask : new Mask[] {Mask.none(), Mask.window(21, 4)}) {
            AttentionSpec spec = kernel.types(builder()).mask(mask).build();
            for (int seed = 1; seed < 4; seed++) {
                check(kernel, new Problem(spec, seed, seed), NOWHERE);
            }
            check(kernel, new Problem(spec.toBuilder().scale(-0.3f).build(), 7, 1), NOWHERE);
        }
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void aNanReachesWhoSeesIt(EveryKernel kernel) {
        AttentionSpec spec = kernel.types(builder()).causal().build();
        check(kernel, new Problem(spec, 3, 1), 33);
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void scoresGoTheWayOfOthers(EveryKernel kernel) {
        AttentionSpec spec = kernel.types(builder())
                .softcap(3)
                .bias(DType.F32)
                .alibi()
                .sink()
                .dropout(0.1f)
                .causal()
                .returnScores(ScoreStage.MASKED)
                .build();
        check(kernel, new Problem(spec, 5, 1), NOWHERE);
    }

    @Tag("opencl")
    @Test
    void kernelsWhoseProductsAreFixedRefuse() {
        AttentionSpec spec = builder().queryLength(1).types(DType.F16).build();
        for (KernelFamily family : new KernelFamily[] {KernelFamily.DECODE, KernelFamily.MATRIX}) {
            EngineOptions options = EngineOptions.defaults().withFamily(family);
            try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice(), options)) {
                UnsupportedByDeviceException refused =
                        assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(spec));
                assertTrue(refused.getMessage().contains("additive scores"), refused.getMessage());
            }
        }
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice())) {
            KernelFamily family = engine.plan(spec).family();
            assertTrue(family == KernelFamily.LANES || family == KernelFamily.TILES, family.name());
        }
    }

    @Test
    void theirScaleIsOne() {
        assertEquals(1, builder().build().scale());
        assertEquals(0.5f, builder().scale(0.5f).build().scale());
    }

    /** Sizes that fill no vector, tile or piece. */
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(37)
                .keyLength(70)
                .headDim(11)
                .valueDim(7)
                .additive()
                .returnLse();
    }

    private static void check(EveryKernel kernel, Problem problem, int nanAt) {
        AttentionSpec spec = problem.spec();
        AttentionArrays inputs = problem.inputs();
        if (nanAt != NOWHERE) {
            Elements.of(spec, inputs, Operand.KEY).set(1, 0, nanAt, 5, Float.NaN);
        }
        Budget.check(kernel + " " + problem, spec, inputs, kernel.run(spec, inputs));
    }
}
