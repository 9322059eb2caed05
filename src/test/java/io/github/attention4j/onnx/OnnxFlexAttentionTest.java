package io.github.attention4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.testing.Engines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs on scores and weights, and caches that are rings, on data that can be worked out by hand. */
class OnnxFlexAttentionTest {
    private static final double[] VALUES = {1, 10, 100};

    private static OnnxTensor tensor(OnnxType type, int[] dims, double... values) {
        return new OnnxTensor(type, dims, values);
    }

    private static OnnxNode node(String operator, String output, String... inputs) {
        return new OnnxNode(operator, 26, Map.of(), List.of(inputs), List.of(output));
    }

    private static OnnxGraph graph(Map<String, OnnxTensor> constants, OnnxNode... nodes) {
        return new OnnxGraph(List.of(nodes), constants, List.of("in"), List.of("out"));
    }

    /** Two heads with a query each, which is 1; keys are logarithms of 1, 2 and 5. */
    private static OnnxTensor attend(OnnxType type, Map<String, Object> graphs) {
        int[] dims = {1, 2, 3, 1};
        double[] keys = {0, Math.log(2), Math.log(5), 0, Math.log(2), Math.log(5)};
        Map<String, OnnxTensor> tensors = Map.of(
                "Q", tensor(type, new int[] {1, 2, 1, 1}, 1, 1),
                "K", tensor(type, dims, keys),
                "V", tensor(type, dims, 1, 10, 100, 1, 10, 100));
        OnnxNode node = new OnnxNode("ai.onnx.preview.FlexAttention", 1, graphs, List.of("Q", "K", "V"), List.of("Y"));
        return new OnnxFlexAttention(node, tensors)
                .run(Engines.of(KernelFamily.JAVA))
                .get("Y");
    }

    private static void check(OnnxTensor found, double... expected) {
        assertNull(found.difference(tensor(found.type(), new int[] {1, 2, 1, 1}, expected)));
    }

    private static double sum(double... weights) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * VALUES[i];
        }
        return sum;
    }

    @Test
    void weightsAreChangedAfterTheSoftmaxWhateverTheirSign() {
        Map<String, OnnxTensor> half = Map.of("half", tensor(OnnxType.FLOAT, new int[0], 0.25));
        OnnxGraph graph = graph(half, node("Mul", "square", "in", "in"), node("Sub", "out", "square", "half"));
        double expected = sum(1 / 64.0 - 0.25, 4 / 64.0 - 0.25, 25 / 64.0 - 0.25);
        check(attend(OnnxType.FLOAT, Map.of("prob_mod", graph)), expected, expected);
        check(attend(OnnxType.DOUBLE, Map.of("prob_mod", graph)), expected, expected);
    }

    @Test
    void aTensorOfTheGraphIsBroadcastAndReadForEachPair() {
        OnnxTensor bias = tensor(OnnxType.FLOAT, new int[] {2, 1, 3}, 0, 0, 0, Math.log(5), 0, -Math.log(5));
        OnnxGraph graph = graph(Map.of("bias", bias), node("Add", "out", "in", "bias"));
        check(
                attend(OnnxType.FLOAT, Map.of("score_mod", graph)),
                sum(1 / 8.0, 2 / 8.0, 5 / 8.0),
                sum(5 / 8.0, 2 / 8.0, 1 / 8.0));
    }

    @Test
    void integersAreDividedTowardsZeroAndWhatCountsIsAnIndex() {
        OnnxTensor keys = tensor(OnnxType.INT64, new int[] {3}, 0, 1, 2);
        OnnxTensor minusOne = tensor(OnnxType.INT64, new int[0], -1);
        OnnxTensor two = tensor(OnnxType.INT64, new int[0], 2);
        OnnxNode cast = new OnnxNode("Cast", 26, Map.of("to", 1L), List.of("half"), List.of("number"));
        OnnxGraph graph = graph(
                Map.of("keys", keys, "minus", minusOne, "two", two),
                node("Mul", "below", "keys", "minus"),
                node("Div", "half", "below", "two"),
                cast,
                node("Add", "out", "in", "number"));
        double last = 5 * Math.exp(-1);
        double all = 3 + last;
        double expected = sum(1 / all, 2 / all, last / all);
        check(attend(OnnxType.FLOAT, Map.of("score_mod", graph)), expected, expected);
    }

    @Test
    void anOperatorThatIsNotKnownIsNamed() {
        OnnxGraph graph = graph(Map.of(), node("Erf", "out", "in", "in"));
        Map<String, Object> graphs = Map.of("score_mod", graph);
        String message = assertThrows(IllegalArgumentException.class, () -> attend(OnnxType.FLOAT, graphs))
                .getMessage();
        assertTrue(message.contains("Erf"), message);
    }

    @Test
    void aRingIsWrittenAroundItsEnd() {
        Map<String, OnnxTensor> tensors = Map.of(
                "past", tensor(OnnxType.FLOAT, new int[] {2, 3, 1}, 1, 2, 3, 4, 5, 6),
                "new", tensor(OnnxType.FLOAT, new int[] {2, 2, 1}, 70, 80, 90, 95),
                "begins", tensor(OnnxType.INT64, new int[] {2}, 2, 0));
        List<String> inputs = List.of("past", "new", "begins");
        OnnxNode ring = new OnnxNode("TensorScatter", 24, Map.of("mode", "circular"), inputs, List.of("Y"));
        OnnxTensor written = new OnnxTensorScatter(ring, tensors)
                .run(Engines.of(KernelFamily.JAVA))
                .get("Y");
        assertArrayEquals(new double[] {80, 2, 70, 90, 95, 6}, written.values());
        OnnxNode line = new OnnxNode("TensorScatter", 24, Map.of(), inputs, List.of("Y"));
        assertThrows(IllegalArgumentException.class, () -> new OnnxTensorScatter(line, tensors));
    }
}
