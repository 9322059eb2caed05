package io.github.attention4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.testing.Engines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Corners of ONNX's operators that can be worked out by hand, on the reference. */
class OnnxAttentionTest {
    private final AttentionEngine engine = Engines.of(KernelFamily.REFERENCE);

    private static OnnxTensor floats(int[] dims, double... values) {
        return new OnnxTensor(OnnxType.FLOAT, dims, values);
    }

    private static OnnxTensor column(double... values) {
        return floats(new int[] {1, 1, values.length, 1}, values);
    }

    private Map<String, OnnxTensor> attend(
            int version, Map<String, Object> attributes, List<String> inputs, Map<String, OnnxTensor> tensors) {
        List<String> outputs = List.of("Y", "", "", "scores");
        return new OnnxAttention(new OnnxNode("Attention", version, attributes, inputs, outputs), tensors).run(engine);
    }

    @Test
    void scoresBeforeTheMaskAreThereForKeysBeyondTheLengthToo() {
        Map<String, OnnxTensor> tensors = Map.of(
                "Q", column(1, 2),
                "K", column(3, 4, 5),
                "V", column(7, 8, 9),
                "lengths", new OnnxTensor(OnnxType.INT64, new int[] {1}, new double[] {1}));
        List<String> inputs = List.of("Q", "K", "V", "", "", "", "lengths");
        double hidden = Double.NEGATIVE_INFINITY;

        Map<String, OnnxTensor> scaled = attend(24, Map.of(), inputs, tensors);
        assertArrayEquals(new double[] {3, 4, 5, 6, 8, 10}, scaled.get("scores").values());
        assertArrayEquals(new double[] {7, 7}, scaled.get("Y").values());

        Map<String, OnnxTensor> masked = attend(24, Map.of("qk_matmul_output_mode", 2L), inputs, tensors);
        assertArrayEquals(
                new double[] {3, hidden, hidden, 6, hidden, hidden},
                masked.get("scores").values());

        // The first of two queries stands before the only key.
        Map<String, OnnxTensor> causal = attend(24, Map.of("is_causal", 1L), inputs, tensors);
        assertArrayEquals(new double[] {3, 4, 5, 6, 8, 10}, causal.get("scores").values());
        assertArrayEquals(new double[] {0, 7}, causal.get("Y").values());
    }

    @Test
    void aMaskOfOneRowIsTheSameForAllRowsOfACausalCall() {
        Map<String, OnnxTensor> tensors = Map.of(
                "Q",
                column(0, 0, 0),
                "K",
                column(0, 0, 0),
                "V",
                column(1, 2, 4),
                "mask",
                new OnnxTensor(OnnxType.BOOL, new int[] {1, 3}, new double[] {0, 1, 1}));
        Map<String, OnnxTensor> outputs = attend(23, Map.of("is_causal", 1L), List.of("Q", "K", "V", "mask"), tensors);
        assertArrayEquals(new double[] {0, 2, 3}, outputs.get("Y").values());
    }

    @Test
    void aWindowMovesWithTheCache() {
        Map<String, OnnxTensor> tensors = Map.of(
                "Q", column(0, 0),
                "K", column(0, 0),
                "V", column(4, 8),
                "past K", column(0, 0),
                "past V", column(1, 2));
        List<String> inputs = List.of("Q", "K", "V", "", "past K", "past V");
        Map<String, Object> window = Map.of("left_window_size", 1L, "right_window_size", 0L);
        assertArrayEquals(
                new double[] {3, 6},
                attend(25, window, inputs, tensors).get("Y").values());
    }

    @Test
    void rowsFirstAndHeadsFirstAreRotatedAlike() {
        // [1, 2 rows, 3 heads, 2 columns], turned by 90 degrees in row 0 and by 0 in row 1
        Map<String, OnnxTensor> tensors = Map.of(
                "rows first", floats(new int[] {1, 2, 6}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                "heads first", floats(new int[] {1, 3, 2, 2}, 1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12),
                "cos", floats(new int[] {1, 2, 1}, 0, 1),
                "sin", floats(new int[] {1, 2, 1}, 1, 0));
        assertArrayEquals(new double[] {-2, 1, -4, 3, -6, 5, 7, 8, 9, 10, 11, 12}, rotate("rows first", tensors));
        assertArrayEquals(new double[] {-2, 1, 7, 8, -4, 3, 9, 10, -6, 5, 11, 12}, rotate("heads first", tensors));
    }

    private double[] rotate(String input, Map<String, OnnxTensor> tensors) {
        List<String> inputs = List.of(input, "cos", "sin");
        OnnxNode node = new OnnxNode("RotaryEmbedding", 23, Map.of("num_heads", 3L), inputs, List.of("Y"));
        Map<String, OnnxTensor> outputs = new OnnxRotary(node, tensors).run(engine);
        assertEquals(1, outputs.size());
        return outputs.get("Y").values();
    }
}
