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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linear layers on every matrix unit, emulated with the vendor's layout of fragments, against their definition. */
@Tag("opencl")
class LinearMatrixTest {
    private static void check(MatrixUnit unit, LinearSpec spec, long seed) {
        AttentionEngine engine = MatrixEngines.of(unit);
        LayerPlan plan = engine.plan(spec);
        assertEquals(KernelFamily.MATRIX, plan.family());
        assertTrue(plan.explain().startsWith("linear_matrix with UNIT="), plan.explain());
        new LinearProblem(spec, seed).check(engine);
    }

    private static LinearSpecBuilder sized(int rows, int in, int out, DType type) {
        return LinearSpec.builder().rows(rows).inFeatures(in).outFeatures(out).types(type, type, type);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WGMMA") // layers multiply by MMA there
    void everyUnitComputesLayers(MatrixUnit unit) {
        DType type = unit.ordinal() % 2 == 0 ? DType.F16 : DType.BF16;
        for (int[] size : new int[][] {{70, 96, 40}, {3, 41, 37}}) { // by copies of 16 bytes, and by elements
            check(unit, sized(size[0], size[1], size[2], type).build(), 1);
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
        check(MatrixUnit.MMA, spec, 2);
    }

    @Test
    void floatsAreRoundedWhereThatIsAllowed() {
        LinearSpec spec = sized(20, 40, 33, DType.F32).precision(Precision.BF16).build();
        check(MatrixUnit.MFMA, spec, 3);
        AttentionEngine engine = MatrixEngines.of(MatrixUnit.MFMA);
        String exact = engine.plan(sized(20, 40, 33, DType.F32).build()).explain();
        assertTrue(exact.contains("not MATRIX: input and weight are F32 and F32; precision(Precision.BF16)"), exact);
    }

    @Test
    void gradientsAreThoseOfTheDefinition() {
        check(MatrixUnit.MMA, sized(37, 40, 35, DType.BF16).bias().build().backward(), 4);
        LinearSpec accumulating =
                sized(37, 40, 35, DType.F16).build().backward().accumulating();
        check(MatrixUnit.DPAS8, accumulating, 5);
    }

    @Test
    void aNanStaysInItsRow() {
        LinearSpec spec = sized(20, 40, 33, DType.F32).precision(Precision.BF16).build();
        LinearProblem problem = new LinearProblem(spec, 6);
        problem.set(LayerOperand.INPUT, 7, 11, Float.intBitsToFloat(0x7fffffff));
        problem.check(MatrixEngines.of(MatrixUnit.MFMA));
    }

    @Tag("oclgrind")
    @Test
    void hasNoRaceOnTinyLayers() {
        check(MatrixUnit.MMA, sized(9, 70, 11, DType.BF16).bias().residual().build(), 7);
    }
}
