package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels that share out the keys of long rows, made to do so with short ones: of all masks, with sinks and infinities.
 */
@Tag("opencl")
class SharedKeysTest {
    private static AttentionSpec spec(DType type, Mask mask) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .queryLength(40)
                .keyLength(150)
                .headDim(8)
                .types(type)
                .type(Operand.OUT, DType.F32)
                .mask(mask)
                .keyLengths()
                .sink()
                .returnLse()
                .build();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "LANES, F32,",
        "LANES, BF16,",
        "TILES, F32,",
        "MATRIX, BF16, MMA",
        "MATRIX, F16, WMMA",
        "MATRIX, BF16, WGMMA"
    })
    void sharesOfTheKeysAgreeWithTheReference(KernelFamily family, DType type, MatrixUnit unit) {
        if (family != KernelFamily.LANES) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        EngineOptions engine = EngineOptions.defaults().withFamily(family);
        if (unit != null) {
            engine = engine.withTuningFile(MatrixEngines.table(MatrixEngines.tiles(unit)));
        }
        try (ClContext context = ClContext.make(OpenCl.discover().found().get(0));
                ProgramCache programs = new ProgramCache(context, Optional.empty());
                ClStream stream = ClStream.make(context)) {
            Planner planner = new Planner(context.device, engine);
            for (Mask mask : new Mask[] {Mask.none(), Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(30, 2)}) {
                AttentionSpec spec = spec(type, mask);
                Choice choice = planner.choose(spec, (kernel, tiles) -> Optional.empty());
                KernelOptions split = choice.tiles().kernel(spec, true);
                for (KeySplit shares :
                        new KeySplit[] {new KeySplit(5, 32), new KeySplit(3, 60), new KeySplit(2, 128)}) {
                    Choice shared =
                            Choice.of(spec, context.device, choice.tiles(), split, shares, List.of("keys shared out"));
                    for (float strange : new float[] {0, Float.POSITIVE_INFINITY, Float.NaN}) {
                        Problem problem = new Problem(spec, 3, 2);
                        AttentionArrays inputs = problem.inputs();
                        if (strange != 0) {
                            Elements.of(spec, inputs, Operand.VALUE).set(0, 1, 37, 5, strange);
                        }
                        AttentionArrays outputs = problem.outputs();
                        PlanRun.run(
                                new ClPlan(shared, context, programs),
                                stream,
                                context,
                                HostArrays.all(inputs, outputs));
                        String what = spec + ", " + shares + ", " + strange;
                        if (type == DType.F32) {
                            Budget.check(what, spec, inputs, outputs);
                        } else {
                            Budget.checkRounded(what, spec, inputs, outputs);
                        }
                    }
                }
            }
        }
    }

    /**
     * A driver that nobody has tested gets a small call of the same kernel first, which must share keys out as well.
     */
    @ParameterizedTest
    @EnumSource(names = {"LANES", "TILES", "DECODE"})
    void theSelfCheckOfLongRowsIsOfTheirKernel(KernelFamily family) {
        if (family == KernelFamily.TILES) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        EngineOptions options =
                EngineOptions.defaults().withCacheDirectory(null).withFamily(family);
        JavaSide java = Backends.javaSide(EngineOptions.defaults());
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), options, java)) {
            AttentionSpec spec = spec(DType.F32, Mask.none());
            AttentionPlan plan =
                    backend.plan(spec.toBuilder().batch(1).keyLength(200_000).build());
            assertTrue(plan instanceof ClPlan, plan.explain());
            assertTrue(plan.explain().contains(" shares of "), plan.explain());
        }
    }
}
