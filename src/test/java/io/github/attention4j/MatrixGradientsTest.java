package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of 16-bit inputs on every matrix unit that multiplies them, emulated, against the reference. */
@Tag("opencl")
class MatrixGradientsTest {
    static Stream<Arguments> options() {
        return GradientSpace.options().keySet().stream()
                .filter(option -> GradientSpace.small(option).rotary() == null)
                .filter(option ->
                        !List.of("additive", "f16", "bf16", "mixed types").contains(option))
                .flatMap(option -> Stream.of(DType.F16, DType.BF16).map(type -> Arguments.of(option, type)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("options")
    void optionsAgreeWithTheReference(String option, DType type) {
        MatrixUnit unit = type == DType.F16 ? MatrixUnit.MMA : MatrixUnit.MFMA;
        AttentionSpec forward =
                GradientSpace.small(option).toBuilder().types(type).build();
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        AttentionEngine engine = MatrixEngines.ofGradients(unit);
        new GradientProblem(Problem.of(forward), backward).check(option, engine, Way.ARRAYS);
        AttentionSpec more = backward.toBuilder().gradLse().accumulate().build();
        new GradientProblem(new Problem(forward, 3, 2), more).check(option + ", added", engine, Way.TENSORS);
        assertEquals(KernelFamily.MATRIX, engine.plan(backward).family());
        assertTrue(engine.plan(backward).explain().contains(MatrixEngines.gradientTiles(unit)), "emulated");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WGMMA")
    void everyUnitAgreesWithTheReference(MatrixUnit unit) {
        DType type = unit == MatrixUnit.WMMA12 || unit == MatrixUnit.DPAS16 ? DType.BF16 : DType.F16;
        AttentionSpec forward = AttentionSpec.builder()
                .heads(2)
                .kvHeads(1)
                .queryLength(37)
                .keyLength(70)
                .headDim(40)
                .valueDim(21)
                .types(type)
                .causal()
                .returnLse()
                .build();
        new GradientProblem(new Problem(forward, 1, 2), forward.backward())
                .check(unit.name(), MatrixEngines.ofGradients(unit), Way.ARRAYS);
    }
}
