package io.github.attention4j.internal.java.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.ScoreStage;
import org.junit.jupiter.api.Test;

/** What becomes of scores, by numbers that can be checked by hand. */
class ReferenceScoresTest {
    private static final double HIDDEN = Double.NEGATIVE_INFINITY;

    private static AttentionSpecBuilder builder(int queries, int keys, int headDim) {
        return AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .scale(1);
    }

    private static ReferenceAttention.Result attend(AttentionSpecBuilder builder, AttentionArrays arrays) {
        return ReferenceAttention.attend(builder.build(), arrays);
    }

    private static AttentionArrays arrays(float[] query, float[] key, float... value) {
        return new AttentionArrays()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value);
    }

    @Test
    void eachStageIsAsFarAsItSays() {
        AttentionSpecBuilder builder = builder(1, 4, 1)
                .scale(2)
                .softcap(2)
                .bias(DType.F32)
                .alibi()
                .keepMask(DType.U8)
                .keyLengths();
        float nan = Float.NaN;
        AttentionArrays arrays = arrays(new float[] {1}, new float[] {0.5f, 1, 2, nan}, 1, 2, 3, nan)
                .with(Operand.BIAS, new float[] {1, 2, 3, nan})
                .with(Operand.ALIBI_SLOPES, new float[] {0.25f})
                .with(Operand.KEEP_MASK, new byte[] {1, 0, 1, 1})
                .with(Operand.KEY_LENGTHS, new int[] {3});
        double[] scaled = {1, 2, 4, HIDDEN};
        assertArrayEquals(
                scaled, attend(builder.returnScores(ScoreStage.SCALED), arrays).scores(), 1e-12);
        double[] capped = {2 * Math.tanh(0.5), 2 * Math.tanh(1), 2 * Math.tanh(2), HIDDEN};
        assertArrayEquals(
                capped, attend(builder.returnScores(ScoreStage.CAPPED), arrays).scores(), 1e-12);
        // The query stands at key 2, so keys 0 and 2 are 2 and 0 away.
        double[] masked = {capped[0] + 1 - 0.5, HIDDEN, capped[2] + 3, HIDDEN};
        assertArrayEquals(
                masked, attend(builder.returnScores(ScoreStage.MASKED), arrays).scores(), 1e-12);
        double first = Math.exp(masked[0]) / (Math.exp(masked[0]) + Math.exp(masked[2]));
        ReferenceAttention.Result result = attend(builder.returnScores(ScoreStage.WEIGHTS), arrays);
        assertArrayEquals(new double[] {first, 0, 1 - first, 0}, result.scores(), 1e-12);
        assertEquals(first * 1 + (1 - first) * 3, result.out()[0], 1e-12);
        assertEquals(Math.log(Math.exp(masked[0]) + Math.exp(masked[2])), result.lse()[0], 1e-12);
    }

    @Test
    void alibiFallsWithTheDistanceFromTheKeyTheQueryStandsAt() {
        AttentionSpecBuilder builder =
                builder(2, 3, 1).batch(2).heads(2).alibi(2).keyLengths().returnScores(ScoreStage.MASKED);
        AttentionArrays arrays = arrays(new float[8], new float[12], new float[12])
                .with(Operand.ALIBI_SLOPES, new float[] {1, 10, 100, 1000})
                .with(Operand.KEY_LENGTHS, new int[] {3, 1});
        double[] wanted = {
            -1, 0, -1, -2, -1, 0, // entry 0, slope 1: query 0 stands at key 1
            -10, 0, -10, -20, -10, 0, // slope 10
            -100, HIDDEN, HIDDEN, 0, HIDDEN, HIDDEN, // entry 1, one key: query 0 stands before it
            -1000, HIDDEN, HIDDEN, 0, HIDDEN, HIDDEN
        };
        assertArrayEquals(wanted, attend(builder, arrays).scores(), 1e-12);
    }

    @Test
    void biasIsAddedUnscaledAndBroadcastInAnyType() {
        AttentionSpecBuilder builder = builder(2, 2, 1)
                .heads(2)
                .scale(0.5f)
                .bias(DType.BF16, 1, 2, 1, 2)
                .returnScores(ScoreStage.MASKED);
        AttentionArrays arrays = arrays(new float[] {1, 2, 3, 4}, new float[] {2, 4, 2, 4}, new float[4])
                .with(Operand.BIAS, Half.encode(DType.BF16, new float[] {10, 20, 30, 40}));
        assertArrayEquals(
                new double[] {11, 22, 12, 24, 33, 46, 34, 48},
                attend(builder, arrays).scores(),
                1e-12);
    }

    @Test
    void aSinkTakesPartInTheDenominatorOnly() {
        AttentionSpecBuilder builder = builder(1, 2, 1).heads(2).sink().returnScores(ScoreStage.WEIGHTS);
        AttentionArrays arrays = arrays(new float[2], new float[4], 4, 8, 4, 8)
                .with(Operand.SINK, new float[] {(float) Math.log(2), Float.NEGATIVE_INFINITY});
        ReferenceAttention.Result result = attend(builder, arrays);
        assertArrayEquals(new double[] {3, 6}, result.out(), 1e-6);
        assertArrayEquals(new double[] {0.25, 0.25, 0.5, 0.5}, result.scores(), 1e-6);
        assertArrayEquals(new double[] {Math.log(4), Math.log(2)}, result.lse(), 1e-6);
    }

    @Test
    void aRowThatSeesNoKeyHasTheSinkForItsLse() {
        AttentionSpecBuilder builder = builder(1, 1, 1).batch(2).sink().keyLengths();
        AttentionArrays arrays = arrays(new float[2], new float[] {Float.NaN, 0}, Float.NaN, 6)
                .with(Operand.SINK, new float[] {3})
                .with(Operand.KEY_LENGTHS, new int[] {0, 1});
        ReferenceAttention.Result result = attend(builder, arrays);
        assertEquals(0, result.out()[0]);
        assertEquals(3, result.lse()[0]);
        assertEquals(6 / (1 + Math.exp(3)), result.out()[1], 1e-12);
    }

    @Test
    void aRowWhoseScoresAreAllMinusInfinityIsLikeOneThatSeesNothing() {
        AttentionArrays arrays =
                arrays(new float[] {1}, new float[] {Float.NEGATIVE_INFINITY, -Float.MAX_VALUE}, 5, Float.NaN);
        ReferenceAttention.Result result = attend(builder(1, 2, 1).scale(2), arrays);
        assertEquals(0, result.out()[0]);
        assertEquals(HIDDEN, result.lse()[0]);
    }

    /**
     * Tables of positions 0, 1 and 2 whose angles are 0, 90 and 180 degrees for the first pair, and 0 for the second.
     */
    private static AttentionArrays withTables(AttentionArrays arrays) {
        return arrays.with(Operand.ROTARY_COS, new float[] {1, 1, 0, 1, -1, 1})
                .with(Operand.ROTARY_SIN, new float[] {0, 0, 1, 0, 0, 0});
    }

    @Test
    void rotaryTurnsPairsThatAreHalfOfItsSizeApart() {
        AttentionSpecBuilder builder = builder(1, 3, 5)
                .rotary(new Rotary(4, false, 3))
                .queryPositions(1)
                .returnScores(ScoreStage.SCALED);
        // The query (1, 10, 100, 1000, 10000) at position 0 reads off what became of each key: key 0 stays, key 1 turns
        // elements 0 and 2 by 90 degrees, key 2 by 180; element 4 is beyond the rotated ones.
        AttentionArrays arrays = arrays(
                        new float[] {1, 10, 100, 1000, 10000},
                        new float[] {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5},
                        new float[15])
                .with(Operand.QUERY_POSITIONS, new int[] {0});
        assertArrayEquals(
                new double[] {54321, 54000 + 100 + 20 - 3, 54000 - 300 + 20 - 1},
                attend(builder, withTables(arrays)).scores(),
                1e-12);
    }

    @Test
    void interleavedRotaryTurnsNeighbours() {
        AttentionSpecBuilder builder = builder(1, 3, 5)
                .rotary(new Rotary(4, true, 3))
                .queryPositions(1)
                .returnScores(ScoreStage.SCALED);
        AttentionArrays arrays = arrays(
                        new float[] {1, 10, 100, 1000, 10000},
                        new float[] {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5},
                        new float[15])
                .with(Operand.QUERY_POSITIONS, new int[] {0});
        assertArrayEquals(
                new double[] {54321, 54300 + 10 - 2, 54300 - 20 - 1},
                attend(builder, withTables(arrays)).scores(),
                1e-12);
    }

    @Test
    void positionsFollowTheKeyTheQueryStandsAtUnlessTheyAreGiven() {
        AttentionSpecBuilder builder =
                builder(3, 2, 4).rotary(new Rotary(4, false, 3)).returnScores(ScoreStage.SCALED);
        // Keys (1, 0, 0, 0) at positions 0 and 1 become (1, 0, 0, 0) and (0, 0, 1, 0). Of three queries for two keys
        // the
        // first would stand at -1, which counts as 0.
        float[] unit = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
        float[] keys = {1, 0, 0, 0, 1, 0, 0, 0};
        AttentionArrays arrays = withTables(arrays(unit, keys, new float[8]));
        assertArrayEquals(
                new double[] {1, 0, 1, 0, 0, 1}, attend(builder, arrays).scores(), 1e-12);
        arrays.with(Operand.QUERY_POSITIONS, new int[] {2, 1, 0}).with(Operand.KEY_POSITIONS, new int[] {1, 99});
        assertArrayEquals(
                new double[] {0, 1, 1, 0, 0, -1},
                attend(builder.queryPositions(1).keyPositions(1), arrays).scores(),
                1e-12);
    }

    @Test
    void typesAndLayoutsOfQueryKeyAndValueAreTheirOwn() {
        AttentionSpecBuilder builder = builder(1, 2, 2)
                .heads(2)
                .type(Operand.QUERY, DType.F16)
                .type(Operand.KEY, DType.BF16)
                .order(Layout.Order.BATCH_ROW_HEAD)
                .layout(Operand.VALUE, new Layout(1, 0, 6, 3))
                .returnScores(ScoreStage.SCALED);
        float nan = Float.NaN;
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, Half.encode(DType.F16, new float[] {1, 10, 100, 1000}))
                .with(Operand.KEY, Half.encode(DType.BF16, new float[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .with(Operand.VALUE, new float[] {nan, 1, 2, nan, 1, 2, nan, 3, 4, nan, 3, 4});
        ReferenceAttention.Result result = attend(builder, arrays);
        assertArrayEquals(new double[] {21, 65, 4300, 8700}, result.scores(), 1e-12);
        assertArrayEquals(new double[] {1, 2, 3, 4}, result.out(), 1e-12);
    }
}
