package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.testing.GradientProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which operands a spec has, with what shape and layout, and what it refuses. */
class AttentionOperandsTest {
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().batch(2).heads(8).sequenceLength(10).headDim(64);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "NaN", "Infinity"})
    void refusesASoftcapThatIsNoBound(float cap) {
        assertEquals(
                "softcap must be finite and more than 0, but is " + cap + "; leave it out for none",
                refusal(b -> b.softcap(cap)));
    }

    @Test
    void refusesARotaryDimBeyondTheHead() {
        assertEquals(
                "rotary dim must be at most headDim = 64, but is 66",
                refusal(b -> b.rotary(new Rotary(66, false, 10))));
    }

    @Test
    void refusesOperandsThatNothingReads() {
        String positions = "positions are given, but nothing reads them; ask for rotary(...) too";
        assertEquals(positions, refusal(b -> b.queryPositions(1)));
        assertEquals(positions, refusal(b -> b.keyPositions(2)));
        assertEquals(
                "prefixLengths lift the right bound of a mask, but the mask has none; ask for causal() or a window too",
                refusal(b -> b.prefixLengths()));
        assertEquals(
                "prefixLengths lift the right bound of a mask, but the mask has none; ask for causal() or a window too",
                refusal(b -> b.mask(Mask.window(3, Mask.UNBOUNDED)).prefixLengths()));
        assertEquals(
                "a layout is given for bias, but calls of this spec have no such operand; ask for it too",
                refusal(b -> b.layout(Operand.BIAS, new Layout(0, 0, 0, 10))));
    }

    @Test
    void refusesALayoutOfNumbers() {
        assertEquals(
                "a layout may be given for query, key, value, out, lse, scores, keep_mask and bias, but is given for"
                        + " key_lengths, whose elements lie side by side",
                refusal(b -> b.keyLengths().layout(Operand.KEY_LENGTHS, new Layout(0, 2, 1, 1))));
    }

    private static AttentionSpecBuilder scoreTensors(AttentionSpecBuilder builder) {
        for (int i = 0; i < 4; i++) {
            builder.scoreTensor(i, DType.F32, 5, i + 1);
        }
        return builder.scoreNumbers(3);
    }

    private static Map<Operand, String> shapesOfGradients() {
        AttentionSpec spec = scoreTensors(AttentionSpec.builder()
                        .batch(3)
                        .heads(4)
                        .kvHeads(2)
                        .queryLength(5)
                        .keyLength(7)
                        .headDim(8)
                        .valueDim(9)
                        .bias(DType.F16, 1, 4, 1, 7)
                        .alibi(3)
                        .sink()
                        .additive())
                .build()
                .backward(GradientProblem.all(
                        scoreTensors(builder().bias(DType.F16).alibi().sink().additive())
                                .build()))
                .toBuilder()
                .gradLse()
                .type(Operand.GRAD_KEY, DType.BF16)
                .build();
        Map<Operand, String> shapes = new EnumMap<>(Operand.class);
        shapes.put(Operand.QUERY, "F32 [3, 4, 5, 8]");
        shapes.put(Operand.KEY, "F32 [3, 2, 7, 8]");
        shapes.put(Operand.VALUE, "F32 [3, 2, 7, 9]");
        shapes.put(Operand.OUT, "F32 [3, 4, 5, 9]");
        shapes.put(Operand.LSE, "F32 [3, 4, 5, 1]");
        shapes.put(Operand.BIAS, "F16 [1, 4, 1, 7]");
        shapes.put(Operand.ALIBI_SLOPES, "F32 [3, 4, 1, 1]");
        shapes.put(Operand.SINK, "F32 [1, 4, 1, 1]");
        shapes.put(Operand.ADDITIVE_VECTOR, "F32 [1, 4, 1, 8]");
        shapes.put(Operand.GRAD_OUT, "F32 [3, 4, 5, 9]");
        shapes.put(Operand.GRAD_LSE, "F32 [3, 4, 5, 1]");
        shapes.put(Operand.GRAD_QUERY, "F32 [3, 4, 5, 8]");
        shapes.put(Operand.GRAD_KEY, "BF16 [3, 2, 7, 8]");
        shapes.put(Operand.GRAD_VALUE, "F32 [3, 2, 7, 9]");
        shapes.put(Operand.GRAD_BIAS, "F16 [1, 4, 1, 7]");
        shapes.put(Operand.GRAD_ALIBI_SLOPES, "F32 [3, 4, 1, 1]");
        shapes.put(Operand.GRAD_SINK, "F32 [1, 4, 1, 1]");
        shapes.put(Operand.GRAD_ADDITIVE_VECTOR, "F32 [1, 4, 1, 8]");
        shapes.put(Operand.SCORE_NUMBERS, "F32 [1, 1, 1, 3]");
        for (int i = 0; i < 4; i++) {
            shapes.put(Operand.valueOf("SCORE_TENSOR_" + i), "F32 [1, 1, 5, " + (i + 1) + "]");
            shapes.put(Operand.valueOf("GRAD_SCORE_TENSOR_" + i), "F32 [1, 1, 5, " + (i + 1) + "]");
        }
        checkShapes(shapes, spec);
        return shapes;
    }

    @Test
    void diagonalsComeAndGoWithTheirAlignment() {
        AttentionSpecBuilder given = builder().mask(Mask.causal(Mask.Alignment.GIVEN));
        assertEquals(TensorSpec.dense(DType.I32, 2, 1, 1, 1), given.build().operand(Operand.DIAGONALS));
        assertFalse(given.causal().build().has(Operand.DIAGONALS));
    }

    @Test
    void refusesTypesThatAnOperandCannotHave() {
        assertEquals(
                "query must have type F32, F16 or BF16, but has I32", refusal(b -> b.type(Operand.QUERY, DType.I32)));
        assertEquals("out must have type F32, F16 or BF16, but has U8", refusal(b -> b.type(Operand.OUT, DType.U8)));
        assertEquals("bias must have type F32, F16 or BF16, but has BIT", refusal(b -> b.bias(DType.BIT)));
        assertEquals("keep_mask must have type U8 or BIT, but has F32", refusal(b -> b.keepMask(DType.F32)));
        assertEquals(
                "type is for query, key, value and out and their gradients, but was asked for lse",
                refusal(b -> b.type(Operand.LSE, DType.F16)));
    }

    @Test
    void refusesShapesThatDoNotBroadcast() {
        assertEquals(
                "bias must have shape [1 or 2, 1 or 8, 1 or 10, 1 or 10], but [2, 4, 10, 10] was asked for",
                refusal(b -> b.bias(DType.F32, 2, 4, 10, 10)));
        assertEquals(
                "keep_mask must have shape [1 or 2, 1 or 8, 1 or 10, 1 or 10], but [3, 1, 1, 10] was asked for",
                refusal(b -> b.keepMask(DType.U8, 3, 1, 1, 10)));
        for (Consumer<AttentionSpecBuilder> wrong : List.<Consumer<AttentionSpecBuilder>>of(
                b -> b.bias(DType.F32, 2, 8, 10, 11),
                b -> b.keepMask(DType.BIT, 1, 1, 2, 10),
                b -> b.keyRanges(3, 1),
                b -> b.keyRanges(1, 2),
                b -> b.alibi(3),
                b -> b.rotary(new Rotary(8, true, 5)).queryPositions(4))) {
            String message = refusal(wrong);
            assertFalse(message.contains("[0, ") || message.contains(", 0"), "a 0 that nobody gave: " + message);
            assertTrue(message.contains(" must have shape [1 or 2, ") && message.contains("was asked for"), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "-7"})
    void refusesSizesBelowOne(int size) {
        String rest = " must be at least 1, but is " + size + "; 1 holds for the whole dimension";
        assertEquals("batch of bias" + rest, refusal(b -> b.bias(DType.F16, size, 1, 1, 1)));
        assertEquals("queries of keep_mask" + rest, refusal(b -> b.keepMask(DType.U8, 1, 1, size, 1)));
        assertEquals("heads of key_begins and key_ends" + rest, refusal(b -> b.keyRanges(1, size)));
        assertEquals("batch of alibi_slopes" + rest, refusal(b -> b.alibi(size)));
        assertEquals("batch of query_positions" + rest, refusal(b -> b.queryPositions(size)));
        assertEquals("batch of key_positions" + rest, refusal(b -> b.keyPositions(size)));
    }

    @Test
    void fullShapesFollowWhatIsSetLater() {
        AttentionSpec spec = builder().keyRanges().bias(DType.F32).batch(5).build();
        assertEquals(5, spec.operand(Operand.KEY_BEGINS).batch());
        assertEquals(5, spec.operand(Operand.BIAS).batch());
    }

    @ParameterizedTest
    @CsvSource({"0", "-7"})
    void refusesRaggedBatchesWithoutRows(int total) {
        assertEquals("totalQueries must be at least 1, but is " + total, refusal(b -> b.raggedQueries(total)));
        assertEquals("totalKeys must be at least 1, but is " + total, refusal(b -> b.raggedKeys(total)));
    }

    @Test
    void refusesOutputsThatOverlap() {
        assertEquals(
                "out is an output, whose elements must not overlap, but " + new Layout(0, 5120, 640, 63)
                        + " of shape [2, 8, 10, 64] has a stride of 63 over 64 elements",
                refusal(b -> b.layout(Operand.OUT, new Layout(0, 5120, 640, 63))));
        for (Layout layout : List.of(
                new Layout(0, 0, 640, 64),
                new Layout(0, 5119, 640, 64),
                new Layout(0, 640, 639, 64),
                new Layout(0, 640, 64, 64))) {
            assertTrue(refusal(b -> b.layout(Operand.OUT, layout)).contains("must not overlap"), layout + "");
        }
        // Interleaved without a common element, and zero strides of inputs, are fine.
        builder().layout(Operand.OUT, new Layout(7, 64, 128, 1024)).build();
        builder().layout(Operand.KEY, new Layout(0, 0, 0, 64)).build();
    }

    @Test
    void refusesPackedArraysOfTwoLengths() {
        assertEquals(
                "PACKED_QKV needs as many queries as keys, but there are 10 and 9; use BATCH_ROW_HEAD",
                refusal(b -> b.keyLength(9).order(Layout.Order.PACKED_QKV)));
        assertTrue(refusal(b -> b.raggedKeys(20).order(Layout.Order.PACKED_QKV)).contains("PACKED_QKV needs"));
    }

    @Test
    void packedRowsLieBehindOneAnother() {
        AttentionSpec spec =
                builder().kvHeads(2).valueDim(32).order(Layout.Order.PACKED_QKV).build();
        long row = 8 * 64 + 2 * 64 + 2 * 32;
        assertEquals(
                new Layout(0, 10 * row, 64, row), spec.operand(Operand.QUERY).layout());
        assertEquals(
                new Layout(512, 10 * row, 64, row), spec.operand(Operand.KEY).layout());
        assertEquals(
                new Layout(640, 10 * row, 32, row), spec.operand(Operand.VALUE).layout());
        assertEquals(Layout.rowsFirst(8, 10, 32), spec.operand(Operand.OUT).layout());
    }

    @Test
    void everyOperandHasItsShape() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(3)
                .heads(4)
                .kvHeads(2)
                .queryLength(5)
                .keyLength(7)
                .headDim(8)
                .valueDim(9)
                .raggedQueries(11)
                .raggedKeys(13)
                .mask(Mask.window(1, 2, Mask.Alignment.GIVEN))
                .prefixLengths()
                .keyLengths()
                .keyRanges(1, 4)
                .blockMask(16, 32, 3, 1)
                .keepMask(DType.BIT)
                .bias(DType.BF16, 1, 4, 1, 7)
                .alibi(3)
                .sink()
                .rotary(new Rotary(6, false, 20))
                .queryPositions(1)
                .keyPositions(3)
                .returnLse()
                .returnScores(ScoreStage.WEIGHTS)
                .dropout(0.1f)
                .build();
        Map<Operand, String> shapes = new EnumMap<>(Operand.class);
        shapes.put(Operand.QUERY, "F32 [1, 4, 11, 8]");
        shapes.put(Operand.KEY, "F32 [1, 2, 13, 8]");
        shapes.put(Operand.VALUE, "F32 [1, 2, 13, 9]");
        shapes.put(Operand.OUT, "F32 [1, 4, 11, 9]");
        shapes.put(Operand.LSE, "F32 [1, 4, 11, 1]");
        shapes.put(Operand.SCORES, "F32 [3, 4, 5, 7]");
        shapes.put(Operand.KEEP_MASK, "BIT [3, 4, 5, 7]");
        shapes.put(Operand.BIAS, "BF16 [1, 4, 1, 7]");
        shapes.put(Operand.KEY_LENGTHS, "I32 [3, 1, 1, 1]");
        shapes.put(Operand.QUERY_OFFSETS, "I32 [4, 1, 1, 1]");
        shapes.put(Operand.KEY_OFFSETS, "I32 [4, 1, 1, 1]");
        shapes.put(Operand.DIAGONALS, "I32 [3, 1, 1, 1]");
        shapes.put(Operand.PREFIX_LENGTHS, "I32 [3, 1, 1, 1]");
        shapes.put(Operand.KEY_BEGINS, "I32 [1, 4, 5, 1]");
        shapes.put(Operand.KEY_ENDS, "I32 [1, 4, 5, 1]");
        shapes.put(Operand.ALIBI_SLOPES, "F32 [3, 4, 1, 1]");
        shapes.put(Operand.SINK, "F32 [1, 4, 1, 1]");
        shapes.put(Operand.ROTARY_COS, "F32 [1, 1, 20, 3]");
        shapes.put(Operand.ROTARY_SIN, "F32 [1, 1, 20, 3]");
        shapes.put(Operand.QUERY_POSITIONS, "I32 [1, 1, 5, 1]");
        shapes.put(Operand.KEY_POSITIONS, "I32 [3, 1, 7, 1]");
        shapes.put(Operand.DROPOUT_STATE, "I32 [1, 1, 1, 4]");
        shapes.put(Operand.BLOCK_MASK, "I32 [3, 1, 1, 4]");
        checkShapes(shapes, spec);

        AttentionSpec cached = AttentionSpec.builder()
                .batch(3)
                .heads(4)
                .kvHeads(2)
                .queryLength(5)
                .keyLength(70)
                .headDim(80)
                .valueDim(9)
                .paged(16, 12)
                .type(Operand.KEY, DType.I4)
                .type(Operand.VALUE, DType.I8)
                .build();
        Map<Operand, String> ofCaches = new EnumMap<>(Operand.class);
        ofCaches.put(Operand.QUERY, "F32 [3, 4, 5, 80]");
        ofCaches.put(Operand.KEY, "I4 [12, 2, 16, 80]");
        ofCaches.put(Operand.VALUE, "I8 [12, 2, 16, 9]");
        ofCaches.put(Operand.OUT, "F32 [3, 4, 5, 9]");
        ofCaches.put(Operand.KEY_LENGTHS, "I32 [3, 1, 1, 1]");
        ofCaches.put(Operand.PAGE_TABLE, "I32 [3, 1, 5, 1]");
        ofCaches.put(Operand.KEY_SCALES, "F32 [12, 2, 16, 3]");
        ofCaches.put(Operand.VALUE_SCALES, "F32 [12, 2, 16, 1]");
        checkShapes(ofCaches, cached);

        shapes.putAll(ofCaches);
        shapes.putAll(shapesOfGradients());
        assertEquals(EnumSet.allOf(Operand.class), shapes.keySet(), "operands with a shape in this test");
        assertEquals(spec, spec.toBuilder().build());
        assertEquals(spec.hashCode(), spec.toBuilder().build().hashCode());
    }

    private static void checkShapes(Map<Operand, String> shapes, AttentionSpec spec) {
        for (Operand operand : Operand.values()) {
            assertEquals(shapes.containsKey(operand), spec.has(operand), operand.label());
            if (spec.has(operand)) {
                TensorSpec tensor = spec.operand(operand);
                assertEquals(shapes.get(operand), tensor.dtype() + " " + tensor.shape(), operand.label());
                String text = spec.toString();
                assertTrue(OperandTable.of(operand).role() == Role.MAIN || text.contains(operand.label()), text);
            }
        }
    }

    @Test
    void anOperandThatCallsDoNotHaveIsRefused() {
        AttentionSpec spec = builder().build();
        assertEquals(
                "this spec has no bias",
                assertThrows(IllegalArgumentException.class, () -> spec.operand(Operand.BIAS))
                        .getMessage());
    }

    @Test
    void everyPartMakesAnotherSpec() {
        List<AttentionSpec> specs = new ArrayList<>();
        AttentionSpec plain = builder().build();
        specs.add(plain);
        for (UnaryOperator<AttentionSpecBuilder> change : List.<UnaryOperator<AttentionSpecBuilder>>of(
                b -> b.softcap(5),
                b -> b.softcap(6),
                b -> b.scale(2),
                b -> b.mask(Mask.window(2, 3)),
                b -> b.mask(Mask.window(2, 3, Mask.Alignment.TOP_LEFT)),
                b -> b.mask(Mask.window(2, 3, Mask.Alignment.GIVEN)),
                b -> b.causal().prefixLengths(),
                b -> b.causal(),
                b -> b.types(DType.F16),
                b -> b.type(Operand.KEY, DType.BF16),
                b -> b.order(Layout.Order.BATCH_ROW_HEAD),
                b -> b.order(Layout.Order.PACKED_QKV),
                b -> b.layout(Operand.KEY, new Layout(1, 5120, 640, 64)),
                b -> b.keepMask(DType.U8),
                b -> b.keepMask(DType.BIT),
                b -> b.keepMask(DType.U8, 1, 1, 10, 10),
                b -> b.bias(DType.F32),
                b -> b.bias(DType.F16),
                b -> b.keyLengths(),
                b -> b.raggedQueries(15),
                b -> b.raggedQueries(16),
                b -> b.raggedKeys(15),
                b -> b.keyRanges(),
                b -> b.keyRanges(1, 8),
                b -> b.alibi(),
                b -> b.alibi(2),
                b -> b.sink(),
                b -> b.rotary(new Rotary(8, false, 10)),
                b -> b.rotary(new Rotary(8, true, 10)),
                b -> b.rotary(new Rotary(8, true, 10)).queryPositions(1),
                b -> b.rotary(new Rotary(8, true, 10)).keyPositions(2),
                b -> b.type(Operand.KEY, DType.I8),
                b -> b.type(Operand.KEY, DType.I4),
                b -> b.paged(16, 2),
                b -> b.paged(16, 3),
                b -> b.paged(32, 2),
                b -> b.returnLse(),
                b -> b.returnScores(ScoreStage.MASKED),
                b -> b.returnScores(ScoreStage.WEIGHTS))) {
            specs.add(change.apply(builder()).build());
        }
        assertEquals(specs.size(), new HashSet<>(specs).size());
        for (AttentionSpec spec : specs) {
            assertEquals(spec, spec.toBuilder().build());
        }
    }

    private static String refusal(Consumer<AttentionSpecBuilder> set) {
        AttentionSpecBuilder builder = builder();
        return assertThrows(IllegalArgumentException.class, () -> {
                    set.accept(builder);
                    builder.build();
                })
                .getMessage();
    }
}
