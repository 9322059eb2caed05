package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of 16-bit inputs on every matrix unit that multiplies them, emulated, against the reference. */
@Tag("opencl")
class MatrixGradientsTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);

    /** Types take turns, and so do gradients and adding to them: a program of either takes seconds to build. */
    static Stream<Arguments> options() {
        List<String> options = GradientSpace.options().keySet().stream()
                .filter(option -> GradientSpace.small(option).rotary() == null)
                .filter(option ->
                        !List.of("additive", "f16", "bf16", "mixed types").contains(option))
                .toList();
        return IntStream.range(0, options.size())
                .mapToObj(i -> Arguments.of(options.get(i), i % 2 == 0 ? DType.F16 : DType.BF16, i / 2 % 2 == 1));
    }

    @ParameterizedTest(name = "{0}, {1}, added: {2}")
    @MethodSource("options")
    void optionsAgreeWithTheReference(String option, DType type, boolean isAdded) {
        MatrixUnit unit = type == DType.F16 ? MatrixUnit.MMA : MatrixUnit.MFMA;
        AttentionSpec forward =
                GradientSpace.small(option).toBuilder().types(type).build();
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        AttentionEngine engine = MatrixEngines.ofGradients(unit);
        if (isAdded) {
            AttentionSpec more = backward.toBuilder().gradLse().accumulate().build();
            new GradientProblem(new Problem(forward, 3, 2), more).check(option, engine, Way.TENSORS);
        } else {
            new GradientProblem(Problem.of(forward), backward).check(option, engine, Way.ARRAYS);
        }
        assertEquals(KernelFamily.MATRIX, engine.plan(backward).family());
        assertTrue(engine.plan(backward).explain().contains(MatrixEngines.gradientTiles(unit)), "emulated");
    }

    @Test
    void functionsOfScoresAgreeWithTheReference() {
        AttentionSpec forward = GradientSpace.small("causal").toBuilder()
                .types(DType.F16)
                .score((score, place) -> score.times(0.5f)
                        .tanh()
                        .plus(place.tensor(0).at(place.head()).times(place.key().toFloat())))
                .scoreTensor(0, DType.F32, GradientSpace.small("causal").heads())
                .keep(place -> place.query().plus(place.key()).modulo(5).lessThan(4))
                .build();
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        AttentionEngine engine = MatrixEngines.ofGradients(MatrixUnit.MMA);
        new GradientProblem(Problem.of(forward), backward).check("functions", engine, Way.ARRAYS);
        assertEquals(KernelFamily.MATRIX, engine.plan(backward).family());
    }

    /**
     * Gradients of outputs of 2^(first + step * row) and values of 2^values: those of scores are too large or too small
     * for f16.
     */
    @ParameterizedTest(name = "2^({0} + {1} row), values 2^{2}")
    @CsvSource({"15, 0, 6", "-14, 0, 0", "-9, 2, 6", "15, -2, 6"})
    void gradientsOfScoresAreAsLargeAsTheyLike(int first, int step, int values) {
        AttentionSpec forward =
                GradientSpace.small("plain").toBuilder().types(DType.F16).build();
        AttentionSpec backward = forward.backward().toBuilder()
                .type(Operand.GRAD_QUERY, DType.F32)
                .type(Operand.GRAD_KEY, DType.F32)
                .type(Operand.GRAD_VALUE, DType.F32)
                .build();
        GradientProblem problem = new GradientProblem(new Problem(forward, 5, 2), backward);
        AttentionArrays inputs = problem.inputs();
        lift(Elements.of(backward, inputs, Operand.GRAD_OUT), first, step);
        lift(Elements.of(backward, inputs, Operand.VALUE), values, 0);
        lift(Elements.of(backward, inputs, Operand.OUT), values, 0);
        AttentionArrays before = problem.outputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(MatrixEngines.ofGradients(MatrixUnit.MMA), backward, inputs, outputs);
        GradientBudget.of(backward, inputs).check("2^" + first, before, outputs, DType.F16);
    }

    private static void lift(Elements elements, int first, int step) {
        TensorSpec tensor = elements.tensor();
        for (int i = 0; i < tensor.batch() * tensor.heads() * tensor.rows(); i++) {
            int row = i % tensor.rows();
            int head = i / tensor.rows() % tensor.heads();
            int batch = i / tensor.rows() / tensor.heads();
            for (int d = 0; d < tensor.columns(); d++) {
                float number = elements.get(batch, head, row, d);
                elements.set(batch, head, row, d, Math.scalb(number, first + step * row));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WGMMA")
    void everyUnitAgreesWithTheReference(MatrixUnit unit) {
        sweep(unit, program(unit, false), 3);
    }

    @Tag("oclgrind")
    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WGMMA")
    void emulatedUnitsHaveNoRaceOnTinyProblems(MatrixUnit unit) {
        sweep(unit, program(unit, true), 2);
    }

    private static SweepProgram program(MatrixUnit unit, boolean tiny) {
        DType type = unit == MatrixUnit.MFMA || unit == MatrixUnit.DPAS16 ? DType.BF16 : DType.F16;
        DType[] same = {type, type, type, type};
        return switch (unit) {
            case MMA, WMMA12 ->
                new SweepProgram(2000, tiny, 32, 32, same, false, false, null, null, 0, false, false, false, false);
            case DPAS8 ->
                new SweepProgram(2001, tiny, 16, 16, same, true, true, type, DType.BIT, 0, false, false, true, false);
            default ->
                new SweepProgram(2002, tiny, 40, 7, same, false, true, null, null, 0, false, false, false, false);
        };
    }

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    private static void sweep(MatrixUnit unit, SweepProgram program, int count) {
        AttentionEngine engine = MatrixEngines.ofGradients(unit);
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        int run = 0;
        for (int number = 0; number < count; number++) {
            GradientProblem problem = GradientSpace.random(program, number, SEED);
            if (problem == null
                    || problem.spec().operand(Operand.GRAD_OUT).dtype()
                            != problem.spec().operand(Operand.KEY).dtype()) {
                continue; // not for the unit
            }
            run++;
            try {
                Way way = SweepCase.of(program, number, SEED).way();
                problem.check(problem.spec().toString(), engine, way);
                assertEquals(KernelFamily.MATRIX, engine.plan(problem.spec()).family());
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
        }
        assertTrue(run > 0, "no case is for the unit");
        if (first != null) {
            throw new AssertionError(
                    unit + " " + program + "\n" + failed.size() + " of " + run + " cases failed: " + failed
                            + ", the first with\n" + first,
                    first);
        }
    }
}
