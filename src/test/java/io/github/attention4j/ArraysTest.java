package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is checked about host arrays before anything is computed, the same on every device. */
class ArraysTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(2)
            .sequenceLength(6)
            .headDim(4)
            .causal()
            .type(Operand.VALUE, DType.F16)
            .raggedQueries(9)
            .raggedKeys(10)
            .keyLengths()
            .prefixLengths()
            .keepMask(DType.U8, 1, 1, 6, 6)
            .bias(DType.BF16, 2, 1, 1, 6)
            .rotary(new Rotary(4, false, 7))
            .queryPositions(2)
            .keyPositions(1)
            .returnLse()
            .build();
    private final AttentionArrays arrays;
    private final AttentionArrays outputs;

    ArraysTest() {
        Problem problem = Problem.of(SPEC);
        outputs = problem.outputs();
        arrays = HostArrays.all(problem.inputs(), outputs);
        arrays.with(Operand.QUERY_OFFSETS, new int[] {1, 4, 9}).with(Operand.KEY_OFFSETS, new int[] {0, 6, 10});
    }

    @AfterEach
    void nothingWasWritten() {
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            Elements elements = Elements.of(SPEC, outputs, operand);
            for (int at = 0; at < elements.length(); at++) {
                assertTrue(elements.isPoison(at), operand + " " + at);
            }
        }
    }

    private String refusal() {
        AttentionEngine engine = Engines.of(KernelFamily.REFERENCE);
        return assertThrows(IllegalArgumentException.class, () -> engine.attend(SPEC, arrays))
                .getMessage();
    }

    @Test
    void aMissingOperandIsNamedWithTypeAndShape() {
        AttentionArrays few = AttentionArrays.of(new float[72], new float[80], new float[80], new float[72]);
        AttentionSpec biased = AttentionSpec.builder()
                .heads(2)
                .queryLength(9)
                .keyLength(10)
                .headDim(4)
                .bias(DType.BF16)
                .build();
        assertEquals(
                "the spec has bias, but no array is given for it; pass one of type BF16 and shape [1, 2, 9, 10]",
                assertThrows(IllegalArgumentException.class, () -> Engines.of(KernelFamily.REFERENCE)
                                .attend(biased, few))
                        .getMessage());
    }

    @Test
    void anOperandThatTheSpecDoesNotHaveIsNamed() {
        arrays.with(Operand.SINK, new float[2]);
        assertEquals(
                "an array for sink is given, but the spec does not have this operand; build the spec with it",
                refusal());
    }

    @Test
    void arraysOfTheWrongTypeAreRefused() {
        arrays.with(Operand.VALUE, new float[80]);
        assertEquals(
                "value has type F16, which is short[] (see Half) or a direct buffer in native order, but is float[]",
                refusal());
        arrays.with(Operand.VALUE, new short[80]).with(Operand.KEEP_MASK, new int[36]);
        assertEquals(
                "keep_mask has type U8, which is byte[] or a direct buffer in native order, but is int[]", refusal());
        arrays.with(Operand.KEEP_MASK, new byte[36]).with(Operand.KEY_LENGTHS, new float[2]);
        assertEquals(
                "key_lengths has type I32, which is int[] or a direct buffer in native order, but is float[]",
                refusal());
        arrays.with(Operand.KEY_LENGTHS, new int[2]).with(Operand.QUERY, new short[72]);
        assertEquals(
                "query has type F32, which is float[] or a direct buffer in native order, but is short[]", refusal());
    }

    @Test
    void arraysOfTheWrongLengthAreRefused() {
        for (int length : new int[] {71, 73, 0}) {
            arrays.with(Operand.QUERY, new float[length]);
            assertEquals(
                    "query must have 72 elements, but has " + length + "; the spec gives its shape, [1, 2, 9, 4]",
                    refusal());
        }
        arrays.with(Operand.QUERY, new float[72]);
        arrays.with(Operand.LSE, new float[17]);
        assertEquals("lse must have 18 elements, but has 17; the spec gives its shape, [1, 2, 9, 1]", refusal());
        arrays.with(Operand.LSE, ByteBuffer.allocateDirect(73).order(ByteOrder.nativeOrder()));
        arrays.with(Operand.KEY_OFFSETS, new int[2]);
        assertTrue(refusal().contains("key_offsets must have 3 elements, but has 2"), refusal());
    }

    @Test
    void buffersThatNoDeviceReadsAreRefused() {
        ByteBuffer heap = ByteBuffer.allocate(288).order(ByteOrder.nativeOrder());
        assertTrue(message(heap).contains("query must be a direct buffer in native byte order"), message(heap));
        assertTrue(message(heap).contains("but is on the heap"), message(heap));
        ByteOrder other =
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer foreign = ByteBuffer.allocateDirect(288).order(other);
        String name = other == ByteOrder.BIG_ENDIAN ? "but is big-endian" : "but is little-endian";
        assertTrue(message(foreign).contains(name), message(foreign));
        assertTrue(message(foreign).contains("call order(ByteOrder.nativeOrder()) on it"), message(foreign));
        assertThrows(NullPointerException.class, () -> arrays.with(Operand.QUERY, (ByteBuffer) null));
        assertThrows(NullPointerException.class, () -> arrays.with(Operand.QUERY, (float[]) null));
    }

    private String message(ByteBuffer buffer) {
        return assertThrows(IllegalArgumentException.class, () -> arrays.with(Operand.QUERY, buffer))
                .getMessage();
    }

    @Test
    void lengthsOutOfRangeAreRefusedWithTheirPlace() {
        for (int wrong : new int[] {-1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            arrays.with(Operand.KEY_LENGTHS, new int[] {6, wrong});
            assertEquals("key_lengths must be between 0 and 6, but is " + wrong + " at [1, 0, 0, 0]", refusal());
        }
        arrays.with(Operand.KEY_LENGTHS, new int[] {6, 0}).with(Operand.PREFIX_LENGTHS, new int[] {7, 0});
        assertEquals("prefix_lengths must be between 0 and 6, but is 7 at [0, 0, 0, 0]", refusal());
    }

    @Test
    void positionsOutsideTheTablesAreRefusedWithTheirPlace() {
        arrays.with(Operand.QUERY_POSITIONS, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0});
        assertEquals("query_positions must be between 0 and 6, but is 7 at [1, 0, 1, 0]", refusal());
        arrays.with(Operand.QUERY_POSITIONS, new int[12]).with(Operand.KEY_POSITIONS, new int[] {0, 0, 0, 0, 0, -1});
        assertEquals("key_positions must be between 0 and 6, but is -1 at [0, 0, 5, 0]", refusal());
    }

    @Test
    void offsetsMustRiseWithinTheRowsThatThereAre() {
        int[][] wrong = {{-1, 3, 6}, {0, 7, 9}, {0, 4, 10}, {3, 2, 8}, {4, 9, 8}, {10, 10, 10}};
        String[] steps = {
            "from 0 to -1 at element 0",
            "from 0 to 7 at element 1",
            "from 4 to 10 at element 2",
            "from 3 to 2 at element 1",
            "from 9 to 8 at element 2",
            "from 0 to 10 at element 0"
        };
        for (int i = 0; i < wrong.length; i++) {
            arrays.with(Operand.QUERY_OFFSETS, wrong[i]);
            assertEquals(
                    "query_offsets must rise from 0 to at most 9 in steps of at most 6, but go " + steps[i], refusal());
        }
        arrays.with(Operand.QUERY_OFFSETS, new int[] {0, 0, 0}).with(Operand.KEY_OFFSETS, new int[] {0, 6, 13});
        assertEquals(
                "key_offsets must rise from 0 to at most 10 in steps of at most 6, but go from 6 to 13 at element 2",
                refusal());
    }

    @Test
    void anOutputNeedsAnArrayOfItsOwn() {
        arrays.with(Operand.QUERY, (float[]) outputs.get(Operand.OUT));
        assertEquals(
                "out is an output, but its array is also given as query; inputs are never written to, so give out its own array",
                refusal());
    }
}
