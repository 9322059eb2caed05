package io.github.attention4j.bench.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import org.junit.jupiter.api.Test;

/** Every option by hand. Without options the first query weighs the values 7, 70, 700 like 1 : 2 : 4, the second all alike. */
class OptionRowTest {
    private static final float LN2 = (float) Math.log(2);

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .heads(1)
                .queryLength(2)
                .keyLength(3)
                .headDim(2)
                .valueDim(1)
                .scale(1);
    }

    private static OptionProblem problem(AttentionSpecBuilder builder) {
        return new OptionProblem(builder.build(), Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY, new float[] {1, 0, 0, 0})
                .with(Operand.KEY, new float[] {0, 5, LN2, 5, 2 * LN2, 5})
                .with(Operand.VALUE, new float[] {7, 70, 700});
    }

    private static void assertOut(OptionProblem problem, double first, double second) {
        assertArrayEquals(new float[] {(float) first, (float) second}, Answers.exact(problem), 1e-4f);
    }

    @Test
    void withoutOptions() {
        assertOut(problem(builder()), 1 + 20 + 400, 777 / 3.0);
        assertOut(problem(builder().scale(2)), (7 + 4 * 70 + 16 * 700) / 21.0, 777 / 3.0);
    }

    @Test
    void masksCountFromTheirDiagonal() {
        assertOut(problem(builder().causal()), (7 + 2 * 70) / 3.0, 777 / 3.0);
        assertOut(problem(builder().causal(Mask.Alignment.TOP_LEFT)), 7, 77 / 2.0);
        assertOut(problem(builder().mask(Mask.window(0, 0))), 70, 700);
        assertOut(problem(builder().mask(Mask.window(1, 0))), 49, 770 / 2.0);
    }

    @Test
    void aKeepMaskHidesByByteOrBit() {
        double withoutSecond = (7 + 4 * 700) / 5.0;
        assertOut(
                problem(builder().keepMask(DType.U8)).with(Operand.KEEP_MASK, new byte[] {1, 0, 9, 0, 0, 1}),
                withoutSecond,
                700);
        assertOut(
                problem(builder().keepMask(DType.BIT)).with(Operand.KEEP_MASK, new byte[] {0b101, 0b100}),
                withoutSecond,
                700);
        assertOut(
                problem(builder().keepMask(DType.U8, 1, 1, 1, 3)).with(Operand.KEEP_MASK, new byte[] {1, 0, 1}),
                withoutSecond,
                707 / 2.0);
        assertOut(
                problem(builder().keepMask(DType.BIT, 1, 1, 2, 1)).with(Operand.KEEP_MASK, new byte[] {0, 1}),
                0,
                777 / 3.0);
    }

    @Test
    void aBiasIsAddedUnscaled() {
        assertOut(
                problem(builder().bias(DType.F32)).with(Operand.BIAS, new float[] {2 * LN2, LN2, 0, 0, 0, LN2}),
                777 / 3.0,
                (7 + 70 + 2 * 700) / 4.0);
        short[] half = Half.encode(DType.F16, new float[] {0, 0, Float.NEGATIVE_INFINITY});
        assertOut(problem(builder().bias(DType.F16, 1, 1, 1, 3)).with(Operand.BIAS, half), 49, 77 / 2.0);
    }

    @Test
    void aSoftcapBendsScoresBeforeTheBiasIsAdded() {
        double second = Math.exp(3 / 5.0); // tanh(ln 2) = 3/5, tanh(ln 4) = 15/17
        double third = Math.exp(15 / 17.0);
        assertOut(problem(builder().softcap(1)), (7 + second * 70 + third * 700) / (1 + second + third), 777 / 3.0);
        assertOut(
                problem(builder().softcap(1).bias(DType.F32, 1, 1, 1, 3)).with(Operand.BIAS, new float[] {0, 0, LN2}),
                (7 + second * 70 + 2 * third * 700) / (1 + second + 2 * third),
                (77 + 1400) / 4.0);
    }

    @Test
    void alibiCountsTheDistanceFromTheLastKey() {
        OptionProblem problem = problem(builder().alibi()).with(Operand.ALIBI_SLOPES, new float[] {LN2});
        assertOut(problem, (7 / 2.0 + 2 * 70 + 2 * 700) / 4.5, (7 / 4.0 + 70 / 2.0 + 700) / 1.75);
    }

    @Test
    void aSinkTakesWeightAndGivesNothing() {
        assertOut(problem(builder().sink()).with(Operand.SINK, new float[] {0}), 421 * 7 / 8.0, 777 / 4.0);
        OptionProblem nothingSeen = problem(builder().sink().keyLengths())
                .with(Operand.SINK, new float[] {3})
                .with(Operand.KEY_LENGTHS, new int[] {0});
        assertOut(nothingSeen, 0, 0);
    }

    @Test
    void keyLengthsEndTheKeysAndMoveTheDiagonal() {
        int[] two = {2};
        assertOut(problem(builder().keyLengths()).with(Operand.KEY_LENGTHS, two), 49, 77 / 2.0);
        assertOut(problem(builder().keyLengths().causal()).with(Operand.KEY_LENGTHS, two), 7, 77 / 2.0);
    }

    @Test
    void entriesOfARaggedBatchSeeTheirOwnKeys() {
        OptionProblem problem = problem(builder().batch(2).raggedQueries(2).raggedKeys(3))
                .with(Operand.QUERY_OFFSETS, new int[] {0, 1, 2})
                .with(Operand.KEY_OFFSETS, new int[] {0, 2, 3});
        assertOut(problem, 49, 700);
        assertEquals(2 + 1, problem.pairs());
    }

    @Test
    void headsOfAGroupShareKeys() {
        OptionProblem problem = new OptionProblem(
                        builder().heads(2).kvHeads(1).queryLength(1).build(), Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY, new float[] {1, 0, 0, 0})
                .with(Operand.KEY, new float[] {0, 0, LN2, 0, 2 * LN2, 0})
                .with(Operand.VALUE, new float[] {7, 70, 700});
        assertOut(problem, 421, 777 / 3.0);
    }

    @Test
    void sixteenBitValuesMeanWhatTheyStandFor() {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            AttentionSpec spec =
                    builder().type(Operand.KEY, type).type(Operand.VALUE, type).build();
            OptionProblem problem = new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW)
                    .with(Operand.QUERY, new float[] {LN2, 0, 0, 0})
                    .with(Operand.KEY, Half.encode(type, new float[] {0, 5, 1, 5, 2, 5}))
                    .with(Operand.VALUE, Half.encode(type, new float[] {7, 70, 700}));
            assertOut(problem, 421, 777 / 3.0);
        }
    }

    @Test
    void rotaryTurnsQueryAndKeyByTheirPositions() {
        // A quarter turn from each position to the next; the two queries stand at the last two of three.
        OptionProblem problem = new OptionProblem(
                        builder().rotary(new Rotary(2, false, 3)).build(), Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY, new float[] {LN2, 0, LN2, 0})
                .with(Operand.KEY, new float[] {1, 0, 1, 0, 1, 0})
                .with(Operand.VALUE, new float[] {7, 70, 700})
                .with(Operand.ROTARY_COS, new float[] {1, 0, -1})
                .with(Operand.ROTARY_SIN, new float[] {0, 1, 0});
        assertOut(problem, (7 + 2 * 70 + 700) / 4.0, (7 / 2.0 + 70 + 2 * 700) / 3.5);
    }

    @Test
    void rotaryPairsAreNeighboursOrHalvesApart() {
        assertEquals((2 * 7 + 70) / 3f, turnedPair(false), 1e-5f);
        assertEquals((7 + 70) / 2f, turnedPair(true), 1e-5f);
    }

    /** Position 1 turns the first pair by a quarter and the second not at all; only the first key can score. */
    private static float turnedPair(boolean interleaved) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(1)
                .keyLength(2)
                .headDim(4)
                .valueDim(1)
                .scale(1)
                .rotary(new Rotary(4, interleaved, 2))
                .build();
        return Answers.exact(new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY, new float[] {0, LN2, 0, 0})
                .with(Operand.KEY, new float[] {0, 1, 0, 0, 0, 0, 0, 0})
                .with(Operand.VALUE, new float[] {7, 70})
                .with(Operand.ROTARY_COS, new float[] {1, 1, 0, 1})
                .with(Operand.ROTARY_SIN, new float[] {0, 0, 1, 0}))[0];
    }

    @Test
    void hiddenValuesAreNotRead() {
        OptionProblem problem = problem(builder().causal(Mask.Alignment.TOP_LEFT))
                .with(Operand.KEY, new float[] {0, 0, 0, 0, Float.NaN, 0})
                .with(Operand.VALUE, new float[] {7, 70, Float.NaN});
        assertOut(problem, 7, 77 / 2.0);
        OptionProblem seen = problem(builder()).with(Operand.VALUE, new float[] {7, 70, Float.NaN});
        assertOut(seen, Double.NaN, Double.NaN);
    }

    @Test
    void floatArithmeticDiffersALittle() {
        OptionProblem problem = OptionProblemTest.random(builder().keyLength(50).headDim(64));
        OptionRow rows = new OptionRow(problem);
        float difference = Math.abs(rows.attend(0, 0, 0, true)[0] - rows.attend(0, 0, 0, false)[0]);
        assertTrue(difference > 0 && difference < 1e-6, "difference " + difference);
    }

    @Test
    void whatCannotBeCheckedIsRefused() {
        OptionProblem problem = problem(builder().keyRanges());
        String message = assertThrows(IllegalArgumentException.class, () -> new OptionRow(problem))
                .getMessage();
        assertTrue(message.contains("key_begins"), message);
    }
}
