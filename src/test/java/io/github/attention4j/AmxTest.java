package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.Budget;
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

/**
 * Tiles of bf16 against the reference: as AMX multiplies them, by plain arithmetic, and where a processor has AMX, and
 * {@code -Dattention4j.amx=false} does not turn it off, by AMX.
 */
@Tag("opencl")
class AmxTest {
    private static final DotCalls CALLS = new DotCalls();

    static List<PairProduct> products() {
        return DotEngines.tilesHere();
    }

    private static SweepProgram program(int number, int headDim, int valueDim, DType type, boolean all) {
        return program(number, false, headDim, valueDim, type, all);
    }

    private static SweepProgram program(int number, boolean tiny, int headDim, int valueDim, DType type, boolean all) {
        DType[] types = {type, type, type, all ? DType.F32 : type};
        DType bias = all ? DType.F32 : null;
        DType keep = all ? DType.BIT : null;
        return new SweepProgram(
                number, tiny, headDim, valueDim, types, all, all, bias, keep, 0, false, all, all, false);
    }

    /** For the report: which tiles ran. */
    @Test
    void theProcessorsOwnTilesRan() {
        assumeTrue(DotEngines.amxObstacle().isEmpty(), DotEngines.amxObstacle().orElse(""));
    }

    /** Keys are read where they lie, but for the last ones of a tile. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void bf16InputsAgreeWithTheReference(PairProduct product) {
        CALLS.sweep(product, program(2010, 64, 64, DType.BF16, false), Precision.AS_STORED, 10);
    }

    /** Rows that do not fill a tile. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void everyOptionAgreesWithTheReference(PairProduct product) {
        CALLS.sweep(product, program(2011, 15, 33, DType.BF16, true), Precision.AS_STORED, 6);
    }

    /** Out of pages that end where tiles do not; poison in those that nobody sees makes the budget large. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void otherInputsAreRoundedWhereTheCallerLetsThem(PairProduct product) {
        for (int keys : new int[] {75, 160}) {
            AttentionSpec spec = AttentionSpec.builder()
                    .batch(2)
                    .heads(2)
                    .kvHeads(1)
                    .queryLength(9)
                    .keyLength(keys)
                    .headDim(40)
                    .valueDim(48)
                    .paged(16, 10)
                    .keyLengths()
                    .causal()
                    .returnLse()
                    .precision(Precision.BF16)
                    .build();
            Problem problem = new Problem(spec, keys, 2);
            Budget.Spent spent = CALLS.check(product, problem.toString(), problem, problem.inputs(), Way.TENSORS);
            assertTrue(spent.error() < 0.02, "values within 2 are off by " + spent.error());
        }
    }

    /** They are given scores that went through memory, and terms of pairs that must not be overwritten by these. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void functionsOfScoresAgreeWithTheReference(PairProduct product) {
        AttentionSpec spec = AttentionSpec.builder()
                .types(DType.BF16)
                .heads(3)
                .queryLength(45)
                .keyLength(190)
                .headDim(32)
                .valueDim(16)
                .score((score, place) ->
                        score.times(0.5f).minus(place.key().toFloat().times(0.01f)))
                .keep(place -> place.key().lessThan(place.query().plus(90)))
                .returnLse()
                .build();
        Problem problem = new Problem(spec, 4, 2);
        CALLS.check(product, problem.toString(), problem, problem.inputs(), Way.ARRAYS);
    }

    /** What some queries see and their neighbours do not, in a word and in a tile with what all see. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void aNanOrInfinityReachesExactlyWhoSeesIt(PairProduct product) {
        AttentionSpec spec = program(2010, 64, 64, DType.BF16, false)
                .builder()
                .batch(2)
                .heads(2)
                .kvHeads(1)
                .queryLength(40)
                .keyLength(70)
                .mask(Mask.causal(Mask.Alignment.TOP_LEFT))
                .keyLengths()
                .returnLse()
                .build();
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int key : new int[] {3, 36}) {
                Problem problem = new Problem(spec, 11, 1);
                AttentionArrays inputs = problem.inputs();
                Elements.of(spec, inputs, Operand.VALUE).set(0, 0, key, 5, strange);
                Operand other = Float.isNaN(strange) ? Operand.KEY : Operand.VALUE;
                Elements.of(spec, inputs, other).set(1, 0, key, 63, strange);
                CALLS.check(product, spec + " with " + strange + " at " + key, problem, inputs, Way.ARRAYS);
            }
        }
    }

    /** What a simulator can run. */
    @Tag("oclgrind")
    @Tag("races")
    @Test
    void staysWithinItsMemoryOnTinyProblems() {
        CALLS.sweep(PairProduct.AMX_PLAIN, program(2013, true, 6, 6, DType.BF16, false), Precision.AS_STORED, 2);
    }

    @AfterAll
    static void sayHowExactTheyAre() {
        CALLS.sayHowExactTheyAre();
    }
}
