package io.github.attention4j.internal.java.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Who sees whom, mask by mask, as pictures: a line a query, a column a key, # is seen. */
class ReferenceMasksTest {
    private static final float HIDES = Float.NEGATIVE_INFINITY;

    private static AttentionSpecBuilder builder(int queries, int keys) {
        return AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(1)
                .returnScores(ScoreStage.MASKED);
    }

    /** All scores are 0 where they are seen, so the matrix of scores is the mask. */
    private static String picture(AttentionSpecBuilder builder, AttentionArrays masks) {
        AttentionSpec spec = builder.build();
        masks.with(Operand.QUERY, new float[(int) spec.queryElements()])
                .with(Operand.KEY, new float[(int) spec.keyElements()])
                .with(Operand.VALUE, new float[(int) spec.valueElements()]);
        double[] scores = ReferenceAttention.attend(spec, masks).scores();
        StringBuilder picture = new StringBuilder();
        for (int i = 0; i < scores.length; i++) {
            picture.append(i > 0 && i % spec.keyLength() == 0 ? " " : "").append(scores[i] == HIDES ? '.' : '#');
        }
        return picture.toString();
    }

    private static String picture(AttentionSpecBuilder builder) {
        return picture(builder, new AttentionArrays());
    }

    @Test
    void aWindowIsInclusiveOnBothSidesOfTheDiagonal() {
        assertEquals("##... ###.. .###. ..### ...##", picture(builder(5, 5).mask(Mask.window(1, 1))));
        assertEquals("#... ##.. .##. ..##", picture(builder(4, 4).mask(Mask.window(1, 0))));
        assertEquals("###. .### ..## ...#", picture(builder(4, 4).mask(Mask.window(0, 2))));
        assertEquals("#### .### ..## ...#", picture(builder(4, 4).mask(Mask.window(0, Mask.UNBOUNDED))));
    }

    @Test
    void theWindowFollowsTheAlignment() {
        Mask.Alignment topLeft = Mask.Alignment.TOP_LEFT;
        assertEquals("..##. ...##", picture(builder(2, 5).mask(Mask.window(1, 0))));
        assertEquals("#.... ##...", picture(builder(2, 5).mask(Mask.window(1, 0, topLeft))));
        assertEquals(".. .. .. #. ##", picture(builder(5, 2).mask(Mask.window(1, 0))));
        assertEquals("#. ## .# .. ..", picture(builder(5, 2).mask(Mask.window(1, 0, topLeft))));
    }

    @Test
    void givenDiagonalsAreTakenBatchEntryByBatchEntry() {
        AttentionSpecBuilder builder = builder(2, 4).batch(5).mask(Mask.causal(Mask.Alignment.GIVEN));
        AttentionArrays diagonals = new AttentionArrays()
                .with(Operand.DIAGONALS, new int[] {0, 2, -1, Integer.MAX_VALUE, Integer.MIN_VALUE});
        assertEquals("#... ##.. ###. #### .... #... #### #### .... ....", picture(builder, diagonals));
    }

    @Test
    void aWindowOnGivenDiagonalsDoesNotOverflow() {
        AttentionSpecBuilder builder =
                builder(2, 3).batch(2).mask(Mask.window(Integer.MAX_VALUE, 0, Mask.Alignment.GIVEN));
        AttentionArrays diagonals =
                new AttentionArrays().with(Operand.DIAGONALS, new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE});
        assertEquals("... ... ### .##", picture(builder, diagonals));
    }

    @Test
    void aPrefixLiftsTheRightBoundAndNotTheLeftOne() {
        AttentionArrays prefix = new AttentionArrays().with(Operand.PREFIX_LENGTHS, new int[] {3, 0});
        assertEquals(
                "###. ###. ###. #### #... ##.. ###. ####",
                picture(builder(4, 4).batch(2).causal().prefixLengths(), prefix));
        assertEquals(
                "###. ###. .##. ..## #... ##.. .##. ..##",
                picture(builder(4, 4).batch(2).mask(Mask.window(1, 0)).prefixLengths(), prefix));
    }

    @Test
    void keyRangesHoldForOneHeadOrAll() {
        AttentionArrays ranges = new AttentionArrays()
                .with(Operand.KEY_BEGINS, new int[] {0, 2, -5, 3})
                .with(Operand.KEY_ENDS, new int[] {2, 3, 99, 1});
        assertEquals("##.. ..#. #### ....", picture(builder(4, 4).keyRanges(), ranges));
        assertEquals("##.. ..#. #### ....", picture(builder(2, 4).heads(2).keyRanges(1, 2), ranges));
        assertEquals(
                "##.. ..#. ##.. ..#. #### .... #### ....",
                picture(builder(2, 4).batch(2).heads(2).keyRanges(2, 1), ranges));
        assertEquals("#... .... ###. ....", picture(builder(4, 4).causal().keyRanges(), ranges));
    }

    @Test
    void aKeepMaskOfBytesKeepsWhatIsNotZero() {
        AttentionArrays keep = new AttentionArrays().with(Operand.KEEP_MASK, new byte[] {1, 0, -1, 0, 0, 2});
        assertEquals("#.# ..#", picture(builder(2, 3).keepMask(DType.U8), keep));
        assertEquals("#.# #.# ..# ..#", picture(builder(2, 3).batch(2).keepMask(DType.U8, 2, 1, 1, 3), keep));
        assertEquals("#.# ..# #.# ..#", picture(builder(2, 3).heads(2).keepMask(DType.U8, 1, 1, 2, 3), keep));
        keep.with(Operand.KEEP_MASK, new byte[] {1, 0});
        assertEquals("### ...", picture(builder(2, 3).keepMask(DType.U8, 1, 1, 2, 1), keep));
    }

    @Test
    void aKeepMaskOfBitsHasTheFirstKeyInTheLowestBitAndRowsOfWholeBytes() {
        AttentionArrays keep =
                new AttentionArrays().with(Operand.KEEP_MASK, new byte[] {(byte) 0b1000_0101, 0b10, 0b0000_0010, 0b01});
        assertEquals("#.#....#.# .#......#.", picture(builder(2, 10).keepMask(DType.BIT), keep));
        keep.with(Operand.KEEP_MASK, new byte[] {(byte) 0xfe, 1});
        assertEquals("... ###", picture(builder(2, 3).keepMask(DType.BIT, 1, 1, 2, 1), keep));
    }

    @Test
    void aBiasOfMinusInfinityHidesAndMinusTheLargestNumberDoesNot() {
        float largest = -Float.MAX_VALUE;
        AttentionArrays bias = new AttentionArrays().with(Operand.BIAS, new float[] {HIDES, 0, largest, 5, HIDES, 1});
        assertEquals(".## #.#", picture(builder(2, 3).bias(DType.F32), bias));
    }

    @Test
    void keyLengthsMoveTheDiagonalOfTheirBatchEntry() {
        AttentionArrays lengths = new AttentionArrays().with(Operand.KEY_LENGTHS, new int[] {4, 3, 0});
        assertEquals(
                "#### #### ###. ###. .... ....", picture(builder(2, 4).batch(3).keyLengths(), lengths));
        assertEquals(
                "###. #### ##.. ###. .... ....",
                picture(builder(2, 4).batch(3).causal().keyLengths(), lengths));
    }

    @Test
    void lengthsAndOffsetsOutOfRangeCountAsTheNearestInRange() {
        AttentionArrays lengths = new AttentionArrays().with(Operand.KEY_LENGTHS, new int[] {99, -7});
        assertEquals("### ...", picture(builder(1, 3).batch(2).keyLengths(), lengths));
        AttentionArrays offsets = new AttentionArrays().with(Operand.KEY_OFFSETS, new int[] {-2, 3, 1, 1000});
        // Rows 0 to 5 of 5, at most 3 of them; none, as the end is before the begin; the rest from row 1 on.
        assertEquals("### ... ###", picture(builder(1, 3).batch(3).raggedKeys(5), offsets));
    }

    @Test
    void raggedEntriesHaveTheirOwnLengthsAndDiagonals() {
        AttentionArrays offsets = new AttentionArrays()
                .with(Operand.QUERY_OFFSETS, new int[] {1, 2, 4})
                .with(Operand.KEY_OFFSETS, new int[] {0, 3, 5});
        AttentionSpecBuilder builder =
                builder(2, 3).batch(2).causal().raggedQueries(5).raggedKeys(5);
        // Rows of a query that an entry does not have hold nothing: 0, which the picture takes for seen.
        assertEquals("### ### #.. ##.", picture(builder, offsets));
    }

    @Test
    void raggedRowsComeFromAndGoToTheirPlaces() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(1)
                .queryLength(2)
                .keyLength(2)
                .headDim(1)
                .raggedQueries(4)
                .raggedKeys(4)
                .build();
        float nan = Float.NaN;
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, new float[] {nan, 0, 0, nan})
                .with(Operand.KEY, new float[] {nan, 0, 0, 0})
                .with(Operand.VALUE, new float[] {nan, 8, 10, 20})
                .with(Operand.QUERY_OFFSETS, new int[] {1, 2, 3})
                .with(Operand.KEY_OFFSETS, new int[] {1, 2, 4});
        ReferenceAttention.Result result = ReferenceAttention.attend(spec, arrays);
        assertArrayEquals(new double[] {0, 8, 15, 0}, result.out(), 1e-12);
        assertArrayEquals(new double[] {0, 0, Math.log(2), 0}, result.lse(), 1e-12);
    }

    @Test
    void whatIsHiddenMayHoldAnything() {
        AttentionSpec spec = builder(1, 6)
                .keepMask(DType.U8)
                .bias(DType.F32)
                .keyLengths()
                .mask(Mask.window(3, Mask.UNBOUNDED))
                .build();
        float[] key = new float[6];
        float[] value = {1, 2, 3, 4, 5, 6};
        for (int hidden : new int[] {0, 2, 3, 5}) { // by the window, by the keep-mask, by the bias, beyond the length
            key[hidden] = Float.NaN;
            value[hidden] = Float.POSITIVE_INFINITY;
        }
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, new float[1])
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value)
                .with(Operand.KEEP_MASK, new byte[] {1, 1, 0, 1, 1, 1})
                .with(Operand.BIAS, new float[] {0, 0, Float.NaN, HIDES, 0, Float.NaN})
                .with(Operand.KEY_LENGTHS, new int[] {5});
        ReferenceAttention.Result result = ReferenceAttention.attend(spec, arrays);
        assertArrayEquals(new double[] {3.5}, result.out(), 1e-12);
        assertEquals("[-Infinity, 0.0, -Infinity, -Infinity, 0.0, -Infinity]", Arrays.toString(result.scores()));
    }
}
