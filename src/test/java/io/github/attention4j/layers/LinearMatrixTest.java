package io.github.attention4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.MatrixEngines;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Linear layers on a matrix unit of each vendor, emulated, against their definition. Building takes seconds, so all
 * units together have every option; {@code MatrixTest} has all units.
 */
@Tag("opencl")
class LinearMatrixTest {
    private static void check(MatrixUnit unit, LinearProblem problem) {
        AttentionEngine engine = MatrixEngines.of(unit);
        LayerPlan plan = engine.plan(problem.spec);
        assertEquals(KernelFamily.MATRIX, plan.family());
        assertTrue(plan.explain().startsWith("linear_matrix with UNIT="), plan.explain());
        problem.check(engine);
    }

    private static LinearSpecBuilder sized(int rows, int in, int out, DType type) {
        return LinearSpec.builder().rows(rows).inFeatures(in).outFeatures(out).types(type, type, type);
    }

    @Tag("oclgrind")
    @Test
    void factorsOf16BitsAreCopied() {
        for (int[] size : new int[][] {{70, 96, 40}, {3, 41, 37}}) { // by 16 bytes, and by elements
            LinearSpec spec = sized(size[0], size[1], size[2], DType.F16).build();
            check(MatrixUnit.MMA, new LinearProblem(spec, 1));
        }
    }

    @Test
    void biasActivationResidualAndScalesAreApplied() {
        LinearSpec spec = sized(20, 40, 33, DType.F16)
                .type(LayerOperand.WEIGHT, DType.I8)
                .bias()
                .activation(Activation.GELU)
                .residual()
                .rowStride(LayerOperand.INPUT, 43)
                .start(LayerOperand.OUT, 5)
                .build();
        check(MatrixUnit.DPAS8, new LinearProblem(spec, 2));
    }

    @Test
    void floatsAreRoundedWhereThatIsAllowed() {
        LinearSpec spec = sized(20, 40, 33, DType.F32).precision(Precision.BF16).build();
        LinearProblem problem = new LinearProblem(spec, 3);
        problem.set(LayerOperand.INPUT, 7, 11, Float.intBitsToFloat(0x7fffffff)); // stays in its row
        check(MatrixUnit.MFMA, problem);
        AttentionEngine engine = MatrixEngines.of(MatrixUnit.MFMA);
        String exact = engine.plan(sized(20, 40, 33, DType.F32).build()).explain();
        assertTrue(exact.contains("not MATRIX: input and weight are F32 and F32; precision(Precision.BF16)"), exact);
    }

    /** Of both factors that gradients read as if they were transposed. */
    @Test
    void gradientsAreThoseOfTheDefinition() {
        LinearSpec spec = sized(37, 40, 35, DType.BF16)
                .build()
                .backward(LayerOperand.GRAD_WEIGHT)
                .accumulating();
        check(MatrixUnit.MMA, new LinearProblem(spec, 4));
    }
}
