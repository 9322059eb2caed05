package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves that emulated matrix units are no yes-men: a kernel that takes a fragment for another must give a wrong
 * answer.
 */
@Tag("opencl")
class PlantedFragmentTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(1)
            .sequenceLength(32)
            .headDim(32) // as a program that other tests have built
            .causal()
            .type(Operand.QUERY, DType.F16)
            .type(Operand.KEY, DType.F16)
            .type(Operand.VALUE, DType.F16)
            .build();

    /**
     * Bug 1 mixes up the keys of a fragment, bug 2 the elements of a product. A build takes seconds, so each has one
     * unit.
     */
    @ParameterizedTest(name = "{0} bug {1}")
    @CsvSource({"MMA, 1", "MFMA, 2"})
    void aWrongFragmentIsCaught(MatrixUnit unit, int bug) {
        DeviceCondition.assumeGroupsAreCompiledRight(); // else what is caught could be the compiler's
        AttentionArrays inputs = new Problem(SPEC, 1, 2).inputs();
        AttentionArrays outputs = new Problem(SPEC, 1, 2).outputs();
        run(SPEC, MatrixEngines.tiles(unit), " -D PLANTED_BUG=" + bug, HostArrays.all(inputs, outputs));
        AssertionError caught =
                assertThrows(AssertionError.class, () -> Budget.checkRounded("planted", SPEC, inputs, outputs));
        assertTrue(caught.getMessage().contains("should be"), caught.getMessage());
    }

    /** Without a planted bug the same call is right. */
    @Test
    void aRightFragmentIsNotCaught() {
        AttentionArrays inputs = new Problem(SPEC, 1, 2).inputs();
        AttentionArrays outputs = new Problem(SPEC, 1, 2).outputs();
        Way.ARRAYS.run(MatrixEngines.of(MatrixUnit.MMA), SPEC, inputs, outputs);
        Budget.checkRounded("not planted", SPEC, inputs, outputs);
    }

    /** Bug 3 mixes up what gradients multiply weights with. */
    @ParameterizedTest(name = "{0} bug {1}")
    @CsvSource({"MMA, 3", "MFMA, 3", "DPAS16, 3", "MFMA, 2"})
    void aWrongFragmentOfGradientsIsCaught(MatrixUnit unit, int bug) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        GradientProblem problem = gradients();
        AttentionArrays inputs = problem.inputs();
        AttentionArrays before = problem.outputs();
        AttentionArrays outputs = problem.outputs();
        run(
                problem.spec(),
                MatrixEngines.gradientTiles(unit),
                " -D PLANTED_BUG=" + bug,
                HostArrays.all(inputs, outputs));
        GradientBudget budget = GradientBudget.of(problem.spec(), inputs);
        AssertionError caught =
                assertThrows(AssertionError.class, () -> budget.check("planted", before, outputs, DType.F16));
        assertTrue(caught.getMessage().contains("should be"), caught.getMessage());
    }

    /** Without a planted bug the same gradients are right. */
    @Test
    void rightFragmentsOfGradientsAreNotCaught() {
        gradients().check("not planted", MatrixEngines.ofGradients(MatrixUnit.MMA), Way.ARRAYS);
    }

    /** Of an output of the type of the others, for its gradient is multiplied as well. */
    private static GradientProblem gradients() {
        AttentionSpec spec = SPEC.toBuilder().types(DType.F16).returnLse().build();
        return new GradientProblem(new Problem(spec, 1, 2), spec.backward());
    }

    private static void run(AttentionSpec spec, String tiles, String options, AttentionArrays arrays) {
        EngineOptions engine =
                EngineOptions.defaults().withFamily(KernelFamily.MATRIX).withTuningFile(MatrixEngines.table(tiles));
        try (ClContext context = ClContext.make(DeviceSearch.run().found().get(0));
                ProgramCache programs = new ProgramCache(context, Optional.empty());
                ClStream stream = ClStream.make(context)) {
            Choice choice = new Planner(context.device, engine).choose(spec, (kernel, config) -> Optional.empty());
            List<Launch> planted = choice.launches().stream()
                    .map(each -> each.kernel().kernel().endsWith("_matrix") ? planted(each, options) : each)
                    .toList();
            ClPlan plan = new ClPlan(
                    new Choice(
                            spec,
                            choice.tiles(),
                            choice.options(),
                            choice.groupQueries(),
                            choice.split(),
                            planted,
                            List.of("planted")),
                    context,
                    programs);
            PlanRun.run(plan, stream, context, arrays);
        }
    }

    private static Launch planted(Launch launch, String options) {
        KernelOptions kernel =
                new KernelOptions(launch.kernel().kernel(), launch.kernel().text() + options);
        return new Launch(kernel, launch.x(), launch.y(), launch.z(), launch.items(), launch.takesPartials());
    }
}
