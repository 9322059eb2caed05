package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * f16 that tiles of bf16 multiply in pieces, emulated and, where a processor has AMX, by AMX, against the reference and
 * to the budget of floats: nothing is rounded.
 */
@Tag("opencl")
class AmxPiecesTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);

    static List<PairProduct> products() {
        return DotEngines.tilesHere();
    }

    private static void check(PairProduct product, String name, Problem problem, AttentionArrays inputs, Way way) {
        AttentionEngine engine = DotEngines.ofPieces(product);
        AttentionSpec spec = problem.spec();
        String explained = engine.plan(spec).explain();
        assertTrue(
                explained.contains(DotEngines.macro(product)) && explained.contains(" -D PIECES=2 "),
                () -> name + "\n" + explained);
        AttentionArrays outputs = problem.outputs();
        way.run(engine, spec, inputs, outputs);
        Budget.check(product + " " + name, spec, inputs, outputs);
    }

    private static void sweep(PairProduct product, SweepProgram program, int count) {
        for (int number = 0; number < count; number++) {
            SweepCase.Call call = SweepCase.of(program, number, SEED);
            check(
                    product,
                    number + ": " + call.problem(),
                    call.problem(),
                    call.problem().inputs(),
                    call.way());
        }
    }

    private static SweepProgram program(int number, boolean tiny, int headDim, int valueDim, boolean all) {
        DType[] types = {DType.F16, DType.F16, DType.F16, all ? DType.F32 : DType.F16};
        DType bias = all ? DType.F32 : null;
        DType keep = all ? DType.BIT : null;
        return new SweepProgram(
                number, tiny, headDim, valueDim, types, all, all, bias, keep, 0, false, all, all, false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void f16KeepsTheDigitsOfFloats(PairProduct product) {
        sweep(product, program(2020, false, 64, 64, false), 10);
    }

    /** Rows that do not fill a tile. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void everyOptionKeepsTheDigitsOfFloats(PairProduct product) {
        sweep(product, program(2021, false, 15, 33, true), 6);
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .types(DType.F16)
                .type(Operand.OUT, DType.F32)
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(40)
                .keyLength(75)
                .headDim(40)
                .valueDim(48)
                .returnLse();
    }

    /** Out of pages that end where tiles do not. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void pagesAndFunctionsKeepTheDigitsOfFloats(PairProduct product) {
        AttentionSpec paged = builder().paged(16, 10).keyLengths().causal().build();
        check(product, "pages", new Problem(paged, 5, 2), new Problem(paged, 5, 2).inputs(), Way.TENSORS);
        AttentionSpec functions = builder()
                .score((score, place) ->
                        score.times(0.5f).minus(place.key().toFloat().times(0.01f)))
                .keep(place -> place.key().lessThan(place.query().plus(30)))
                .build();
        check(product, "functions", new Problem(functions, 6, 2), new Problem(functions, 6, 2).inputs(), Way.ARRAYS);
    }

    /**
     * What cancels, all positive numbers, the largest and smallest numbers of f16, those that are denormal there, and
     * both sizes in one product.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void hardNumbersAreInTheBudgetOfFloats(PairProduct product) {
        float tiny = 0x1p-24f;
        float[][] ranges = {
            {0, 1, 0, 1, 0, 1},
            {-30, 30, -30, 30, -1000, 1000},
            {290, 310, -310, 310, -1, 1},
            {-65504, 65504, -100 * tiny, 100 * tiny, -65504, 65504},
            {-100 * tiny, 100 * tiny, 30000, 65504, -10 * tiny, 10 * tiny},
        };
        for (Mask mask : new Mask[] {Mask.none(), Mask.causal()}) {
            AttentionSpec spec = builder().mask(mask).scale(0.16f).build();
            for (float[] range : ranges) {
                Problem problem = new Problem(spec, 1, 1);
                check(
                        product,
                        mask + " of " + List.of(range[1], range[3], range[5]),
                        problem,
                        in(spec, range),
                        Way.ARRAYS);
            }
        }
    }

    /** Evenly spread over three ranges, of query, key and value. */
    private static AttentionArrays in(AttentionSpec spec, float[] ranges) {
        AttentionArrays arrays = new AttentionArrays();
        SplittableRandom random = new SplittableRandom(3);
        Operand[] operands = {Operand.QUERY, Operand.KEY, Operand.VALUE};
        for (int i = 0; i < operands.length; i++) {
            short[] all = new short[(int) spec.operand(operands[i]).elements()];
            for (int j = 0; j < all.length; j++) {
                all[j] = Half.toF16(ranges[2 * i] + (ranges[2 * i + 1] - ranges[2 * i]) * (float) random.nextDouble());
            }
            arrays.with(operands[i], all);
        }
        return arrays;
    }

    /** No sum of pieces; a score of -infinity leaves its key out, and no more. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void aNanOrInfinityReachesExactlyWhoSeesIt(PairProduct product) {
        AttentionSpec spec =
                builder().mask(Mask.causal(Mask.Alignment.TOP_LEFT)).build();
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE}) {
                for (int row : new int[] {3, 36}) {
                    Problem problem = new Problem(spec, 11, 1);
                    AttentionArrays inputs = problem.inputs();
                    Elements.of(spec, inputs, operand).set(1, 1, row, 5, strange);
                    check(product, strange + " in " + operand + " at " + row, problem, inputs, Way.ARRAYS);
                }
            }
        }
    }

    /** What a simulator can run. */
    @Tag("oclgrind")
    @Tag("races")
    @Test
    void staysWithinItsMemoryOnTinyProblems() {
        sweep(PairProduct.AMX_PLAIN, program(2023, true, 6, 6, false), 2);
    }
}
