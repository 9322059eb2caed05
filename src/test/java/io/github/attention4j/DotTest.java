package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.DotCalls;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of pairs of bf16 in the lanes family, by hand and by the processor's instruction, against the reference. */
@Tag("opencl")
class DotTest {
    private static final DotCalls CALLS = new DotCalls();

    static List<PairProduct> dots() {
        return DotEngines.here();
    }

    private static SweepProgram plain(boolean tiny) {
        DType[] same = {DType.BF16, DType.BF16, DType.BF16, DType.BF16};
        return new SweepProgram(
                2000,
                tiny,
                tiny ? 6 : 64,
                tiny ? 6 : 64,
                same,
                false,
                false,
                null,
                null,
                0,
                false,
                false,
                false,
                false);
    }

    /** Rows that do not fill a word or a vector, and every option. */
    private static SweepProgram everything() {
        DType[] toFloat = {DType.BF16, DType.BF16, DType.BF16, DType.F32};
        return new SweepProgram(
                2001, false, 15, 33, toFloat, true, true, DType.F32, DType.BIT, 0, false, true, true, false);
    }

    /** What is rounded on the way, because the caller lets it. */
    private static SweepProgram asked(DType type) {
        DType[] types = {type, type, type, DType.F32};
        return new SweepProgram(2002, false, 72, 40, types, false, false, null, null, 0, false, false, false, false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void bf16InputsAgreeWithTheReference(PairProduct dot) {
        CALLS.sweep(dot, plain(false), Precision.AS_STORED, 80);
        CALLS.sweep(dot, everything(), Precision.AS_STORED, 60);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void otherInputsAreRoundedWhereTheCallerLetsThem(PairProduct dot) {
        CALLS.sweep(dot, asked(DType.F32), Precision.BF16, 60);
        CALLS.sweep(dot, asked(DType.F16), Precision.BF16, 40);
    }

    /** A factor that is not positive turns the order of the scores around, or makes them all equal. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void scalesOfEverySignAndSizeAgreeWithTheReference(PairProduct dot) {
        for (float scale : new float[] {-0.3f, 0, 1e-30f, 300, 1e5f, -1e5f}) {
            for (Mask mask : new Mask[] {Mask.none(), Mask.window(9, 4)}) {
                AttentionSpec spec = plain(false)
                        .builder()
                        .heads(2)
                        .queryLength(33)
                        .keyLength(70)
                        .scale(scale)
                        .mask(mask)
                        .returnLse()
                        .build();
                CALLS.check(
                        dot,
                        spec + " with scale " + scale,
                        new Problem(spec, 5, 4),
                        new Problem(spec, 5, 4).inputs(),
                        Way.ARRAYS);
            }
        }
    }

    /** What some queries see and their neighbours do not, in a word with what all see. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void aNanOrInfinityReachesExactlyWhoSeesIt(PairProduct dot) {
        float[] strange = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        Mask[] masks = {Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(5, 3)};
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
            SweepProgram program = type == DType.BF16 ? plain(false) : asked(type);
            for (Mask mask : masks) {
                AttentionSpec spec = program.builder()
                        .batch(2)
                        .heads(2)
                        .kvHeads(1)
                        .queryLength(40)
                        .keyLength(70)
                        .mask(mask)
                        .keyLengths()
                        .returnLse()
                        .precision(Precision.BF16)
                        .build();
                for (int j : new int[] {3, 36}) {
                    for (int what = 0; what < strange.length; what++) {
                        Problem problem = new Problem(spec, 11 + what, 1);
                        AttentionArrays inputs = problem.inputs();
                        Elements.of(spec, inputs, Operand.VALUE).set(0, 0, j, 5, strange[what]);
                        Operand other = what == 0 ? Operand.KEY : Operand.VALUE;
                        Elements.of(spec, inputs, other)
                                .set(1, 0, j, spec.operand(other).columns() - 1, strange[what]);
                        CALLS.check(dot, spec + " with " + strange[what], problem, inputs, Way.ARRAYS);
                    }
                }
            }
        }
    }

    /**
     * Rows are rotated as floats and then rounded. How wrong that may be: each of 40 products by two roundings, each
     * weight by one.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dots")
    void rotatedRowsAreRoundedWhereTheCallerLetsThem(PairProduct dot) {
        AttentionSpec plain = asked(DType.F32)
                .builder()
                .headDim(40)
                .valueDim(40)
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(77)
                .causal()
                .scale(1)
                .precision(Precision.BF16)
                .build();
        AttentionSpec spec = plain.toBuilder().rotary(new Rotary(24, false, 90)).build();
        Problem problem = Problem.of(spec);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        String explained = DotEngines.of(dot).plan(spec).explain();
        assertTrue(explained.contains(DotEngines.macro(dot)), explained);
        Way.ARRAYS.run(DotEngines.of(dot), spec, inputs, outputs);
        float[] out = (float[]) outputs.get(Operand.OUT);
        double bound = 0.03;
        assertTrue(largestDifference(spec, inputs, out) < bound, "error " + largestDifference(spec, inputs, out));
        assertTrue(largestDifference(plain, inputs, out) > 10 * bound, "a rotation must matter here");
    }

    private static double largestDifference(AttentionSpec spec, AttentionArrays inputs, float[] out) {
        double[] exact = ReferenceAttention.attend(spec, inputs).out();
        double largest = 0;
        for (int i = 0; i < out.length; i++) {
            largest = Math.max(largest, Math.abs(out[i] - exact[i]));
        }
        return largest;
    }

    /** What a simulator can run. */
    @Tag("oclgrind")
    @Test
    void staysWithinItsMemoryOnTinyProblems() {
        CALLS.sweep(PairProduct.PLAIN, plain(true), Precision.AS_STORED, 4);
    }

    @AfterAll
    static void sayHowExactTheyAre() {
        CALLS.sayHowExactTheyAre();
    }
}
