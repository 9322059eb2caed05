package io.github.attention4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.Operand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the mapping of ONNX's operators refuses, and how it reshapes; the values themselves are OnnxConformanceTest's
 * business.
 */
class OnnxRequestTest {
    private static final List<String> INPUTS = List.of("Q", "K", "V");

    private static OnnxTensor tensor(OnnxType type, int... dims) {
        return new OnnxTensor(type, dims, new double[OnnxTensor.count(dims)]);
    }

    private static final Map<String, OnnxTensor> TENSORS = Map.of(
            "Q", tensor(OnnxType.FLOAT, 1, 2, 3, 4),
            "K", tensor(OnnxType.FLOAT, 1, 2, 5, 4),
            "V", tensor(OnnxType.FLOAT, 1, 2, 5, 4),
            "past", tensor(OnnxType.FLOAT, 1, 2, 6, 4),
            "mask", tensor(OnnxType.FLOAT, 3, 5),
            "integers", tensor(OnnxType.INT32, 3, 5),
            "lengths", tensor(OnnxType.INT64, 1),
            "rows first", tensor(OnnxType.FLOAT, 1, 5, 8));

    private static void attention(int version, Map<String, Object> attributes, List<String> inputs) {
        new OnnxAttention(new OnnxNode("Attention", version, attributes, inputs, List.of("Y")), TENSORS);
    }

    private static void assertAccepted(int version, Map<String, Object> attributes, List<String> inputs) {
        assertDoesNotThrow(() -> attention(version, attributes, inputs));
    }

    private static void assertRefused(int version, Map<String, Object> attributes, List<String> inputs) {
        assertThrows(IllegalArgumentException.class, () -> attention(version, attributes, inputs));
    }

    @Test
    void anAttributeThatTheVersionDoesNotHaveIsRefused() {
        assertAccepted(23, Map.of("is_causal", 1L), INPUTS);
        assertRefused(23, Map.of("is_casual", 1L), INPUTS);
        assertAccepted(25, Map.of("left_window_size", 1L), INPUTS);
        assertRefused(24, Map.of("left_window_size", 1L), INPUTS);
    }

    @Test
    void anAttributeOutOfRangeIsRefused() {
        assertRefused(23, Map.of("qk_matmul_output_mode", 4L), INPUTS);
        assertRefused(23, Map.of("softmax_precision", 7L), INPUTS);
        assertRefused(25, Map.of("left_window_size", -2L), INPUTS);
    }

    @Test
    void anInputThatTheVersionDoesNotHaveIsRefused() {
        List<String> withLengths = List.of("Q", "K", "V", "", "", "", "lengths");
        assertAccepted(24, Map.of(), withLengths);
        assertRefused(23, Map.of(), withLengths);
    }

    @Test
    void aCacheNeedsKeysAndValuesAndNoLengths() {
        assertAccepted(24, Map.of(), List.of("Q", "K", "V", "", "past", "past"));
        assertRefused(24, Map.of(), List.of("Q", "K", "V", "", "past", ""));
        assertRefused(24, Map.of(), List.of("Q", "K", "V", "", "past", "past", "lengths"));
    }

    @Test
    void integersAreNoMask() {
        assertAccepted(23, Map.of(), List.of("Q", "K", "V", "mask"));
        assertRefused(23, Map.of(), List.of("Q", "K", "V", "integers"));
    }

    @Test
    void headsAreAskedForWhereTheShapeDoesNotTell() {
        List<String> inputs = List.of("rows first", "rows first", "rows first");
        assertAccepted(23, Map.of("q_num_heads", 4L, "kv_num_heads", 4L), inputs);
        assertRefused(23, Map.of("q_num_heads", 4L), inputs);
        assertRefused(23, Map.of("q_num_heads", 3L, "kv_num_heads", 3L), inputs);
        assertRefused(25, Map.of("q_num_heads", 2L, "kv_num_heads", 2L), INPUTS);
    }

    @Test
    void aShortMaskIsPaddedAndAOneHoldsForAll() {
        double[] values = {1, 2, 3, 4, 5, 6};
        OnnxTensor mask = new OnnxTensor(OnnxType.FLOAT, new int[] {2, 1, 3}, values);
        AttentionArrays arrays = new AttentionArrays();
        new OnnxMask(mask, 4).give(arrays);
        float hidden = Float.NEGATIVE_INFINITY;
        assertArrayEquals(new float[] {1, 2, 3, hidden, 4, 5, 6, hidden}, (float[]) arrays.get(Operand.BIAS));

        OnnxTensor keep = new OnnxTensor(OnnxType.BOOL, new int[] {1}, new double[] {1});
        new OnnxMask(keep, 3).give(arrays);
        assertArrayEquals(new byte[] {1, 0, 0}, (byte[]) arrays.get(Operand.KEEP_MASK));
    }

    @Test
    void newRowsComeBehindThoseOfTheCacheInEveryHead() {
        OnnxTensor cache = new OnnxTensor(OnnxType.FLOAT, new int[] {1, 2, 1, 1}, new double[] {1, 2});
        OnnxTensor rows = new OnnxTensor(OnnxType.FLOAT, new int[] {1, 2, 2}, new double[] {10, 20, 11, 21});
        OnnxTensor both = new OnnxHeads(rows, 2).behind(cache).tensor();
        assertArrayEquals(new int[] {1, 2, 3, 1}, both.dims());
        assertArrayEquals(new double[] {1, 10, 11, 2, 20, 21}, both.values());
    }

    @Test
    void aRotaryTableOfTheWrongShapeIsRefused() {
        Map<String, OnnxTensor> tensors = Map.of(
                "X", tensor(OnnxType.FLOAT, 2, 3, 4, 8),
                "ids", tensor(OnnxType.INT64, 2, 4),
                "per position", tensor(OnnxType.FLOAT, 50, 4),
                "per row", tensor(OnnxType.FLOAT, 2, 4, 4));
        assertDoesNotThrow(() -> rotary(tensors, "X", "per position", "per position", "ids"));
        assertDoesNotThrow(() -> rotary(tensors, "X", "per row", "per row"));
        assertThrows(IllegalArgumentException.class, () -> rotary(tensors, "X", "per position", "per position"));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> rotary(tensors, "X", "per row", "per row", "ids"));
        assertTrue(refusal.getMessage().contains(Arrays.toString(new int[] {2, 4, 4})), refusal.getMessage());
    }

    private static void rotary(Map<String, OnnxTensor> tensors, String... inputs) {
        new OnnxRotary(new OnnxNode("RotaryEmbedding", 23, Map.of(), List.of(inputs), List.of("Y")), tensors);
    }
}
