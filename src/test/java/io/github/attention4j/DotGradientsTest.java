package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients by products of pairs of bf16, and of tiles of them, by hand and by the processor's instruction, against the
 * reference.
 */
@Tag("opencl")
class DotGradientsTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    private static final DType[] BF16 = {DType.BF16, DType.BF16, DType.BF16, DType.BF16};

    static List<PairProduct> dots() {
        List<PairProduct> dots = new ArrayList<>(DotEngines.here());
        dots.addAll(DotEngines.tilesHere());
        return dots;
    }

    /**
     * With the processor's instructions where it has them, for each option is a program: products of vectors give
     * gradients, and those of tiles add to some.
     */
    static Stream<Arguments> options() {
        return Stream.of(DotEngines.here(), DotEngines.tilesHere())
                .map(products -> products.get(products.size() - 1))
                .flatMap(dot -> GradientSpace.options().keySet().stream().map(option -> Arguments.of(dot, option)));
    }

    /** Rotated rows are left to floats, and what has no products. */
    private static boolean isOfPairs(AttentionSpec spec) {
        return spec.rotary() == null && !spec.has(Operand.ADDITIVE_VECTOR);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("options")
    void everyOptionAgreesWithTheReference(PairProduct dot, String option) {
        AttentionSpec forward =
                GradientSpace.small(option).toBuilder().types(DType.BF16).build();
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        assertEquals(isOfPairs(forward), isRounding(dot, backward));
        if (!dot.isOfTiles()) {
            new GradientProblem(Problem.of(forward), backward).check(option, DotEngines.of(dot), Way.ARRAYS);
            return;
        }
        AttentionSpec more = backward.toBuilder().gradLse().accumulate().build();
        new GradientProblem(new Problem(forward, 3, 2), more)
                .check(option + ", added", DotEngines.of(dot), Way.TENSORS);
    }

    private static boolean isRounding(PairProduct dot, AttentionSpec backward) {
        return DotEngines.isRounding(DotEngines.of(dot).plan(backward));
    }

    private static SweepProgram plain(boolean tiny, int headDim) {
        return new SweepProgram(
                2100, tiny, headDim, headDim, BF16, false, false, null, null, 0, false, false, false, false);
    }

    /** Rows that do not fill a word or a vector, and every option. */
    private static SweepProgram everything() {
        return new SweepProgram(
                2101, false, 15, 33, BF16, true, true, DType.F32, DType.BIT, 0, false, false, true, false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void randomCallsAgreeWithTheReference(PairProduct dot) {
        int cases = Integer.getInteger("sweep.cases", 3); // each may be a program of its own
        sweep(dot, everything(), cases);
        sweep(dot, plain(false, 64), cases);
        sweep(dot, plain(false, 40), cases);
    }

    /** What a simulator can run. */
    @Tag("oclgrind")
    @Test
    void staysWithinItsMemoryOnTinyProblems() {
        sweep(PairProduct.PLAIN, plain(true, 6), 4);
        sweep(PairProduct.AMX_PLAIN, plain(true, 6), 2);
    }

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    private static void sweep(PairProduct dot, SweepProgram program, int count) {
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        int rounding = 0;
        for (int number = 0; number < count; number++) {
            GradientProblem problem = GradientSpace.random(program, number, SEED);
            try {
                problem.check(
                        problem.spec().toString(),
                        DotEngines.of(dot),
                        SweepCase.of(program, number, SEED).way());
                rounding += isRounding(dot, problem.spec()) ? 1 : 0;
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new AssertionError(
                    dot + " " + program + "\n" + failed.size() + " of " + count + " cases failed: " + failed
                            + ", the first with\n" + first,
                    first);
        }
        assertTrue(rounding >= count / 3, rounding + " of " + count + " by pairs");
    }

    /** Other types, and rotated rows, where the caller lets them be rounded. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void otherInputsAreRoundedWhereTheCallerLetsThem(PairProduct dot) {
        for (DType type : new DType[] {DType.F32, DType.F16}) {
            AttentionSpec forward = AttentionSpec.builder()
                    .heads(2)
                    .queryLength(50)
                    .keyLength(77)
                    .headDim(24)
                    .types(type)
                    .causal()
                    .precision(Precision.BF16)
                    .build();
            AttentionSpec backward = forward.backward();
            assertTrue(isRounding(dot, backward));
            new GradientProblem(Problem.of(forward), backward).check(type.name(), DotEngines.of(dot), Way.ARRAYS);
        }
        AttentionSpec floats =
                AttentionSpec.builder()
                        .heads(2)
                        .sequenceLength(50)
                        .headDim(24)
                        .types(DType.BF16)
                        .build()
                        .backward()
                        .toBuilder()
                        .type(Operand.GRAD_OUT, DType.F32)
                        .build();
        String explained = DotEngines.of(dot).plan(floats).explain();
        assertTrue(explained.contains("grad_out is F32; precision(Precision.BF16) lets it be rounded"), explained);
    }

    /** Rotated rows are rounded: within a few roundings, of the largest gradient. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void rotatedRowsAreRoundedWhereTheCallerLetsThem(PairProduct dot) {
        AttentionSpec forward = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(70)
                .headDim(40)
                .rotary(new Rotary(24, false, 90))
                .precision(Precision.BF16)
                .returnLse()
                .build();
        AttentionSpec backward = forward.backward();
        assertTrue(isRounding(dot, backward));
        GradientProblem problem = new GradientProblem(Problem.of(forward), backward);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(DotEngines.of(dot), backward, inputs, outputs);
        ReferenceGradients.of(backward, inputs).forEach((operand, exact) -> {
            float[] actual = (float[]) outputs.get(operand);
            double largest = 0;
            double error = 0;
            for (int i = 0; i < exact.length; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
                error = Math.max(error, Math.abs(actual[i] - exact[i]));
            }
            assertTrue(error < 0x1p-6 * largest, operand + ": error " + error + " of " + largest);
        });
    }

    /** What some queries see and their neighbours do not, in a word with what all see. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void aNanReachesExactlyWhatSeesIt(PairProduct dot) {
        for (Mask mask : new Mask[] {Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(5, 3)}) {
            AttentionSpec forward = AttentionSpec.builder()
                    .heads(2)
                    .queryLength(41)
                    .keyLength(71)
                    .headDim(24)
                    .types(DType.BF16)
                    .mask(mask)
                    .returnLse()
                    .build();
            for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE, Operand.QUERY}) {
                GradientProblem problem = new GradientProblem(Problem.of(forward), forward.backward());
                AttentionArrays inputs = problem.inputs();
                Elements.of(forward, inputs, operand).set(0, 1, 36, 5, Float.NaN);
                AttentionArrays outputs = problem.outputs();
                Way.ARRAYS.run(DotEngines.of(dot), problem.spec(), inputs, outputs);
                GradientBudget.of(problem.spec(), inputs)
                        .check(operand + " " + mask, problem.outputs(), outputs, DType.BF16);
            }
        }
    }
}
