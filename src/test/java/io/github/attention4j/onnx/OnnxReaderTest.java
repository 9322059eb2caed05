package io.github.attention4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reads ONNX's files, on messages written here byte by byte. */
class OnnxReaderTest {
    private static OnnxBytes tensor(int type, long... dims) {
        OnnxBytes tensor = new OnnxBytes();
        for (long dim : dims) {
            tensor.integer(1, dim);
        }
        return tensor.integer(2, type).text(8, "Q");
    }

    private static double[] values(OnnxBytes tensor) {
        return new OnnxTensorReader(tensor.buffer()).tensor().values();
    }

    @Test
    void rawFloatsAreReadWithNameAndShape() {
        ByteBuffer raw = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : new float[] {1, -2, 0.5f, Float.NaN, Float.NEGATIVE_INFINITY, 1e-40f}) {
            raw.putFloat(value);
        }
        OnnxTensorReader reader =
                new OnnxTensorReader(tensor(1, 2, 3).bytes(9, raw.array()).buffer());
        assertEquals("Q", reader.name());
        assertEquals(OnnxType.FLOAT, reader.tensor().type());
        assertArrayEquals(new int[] {2, 3}, reader.tensor().dims());
        assertArrayEquals(
                new double[] {1, -2, 0.5, Double.NaN, Double.NEGATIVE_INFINITY, 1e-40f},
                reader.tensor().values());
    }

    @Test
    void rawHalvesBooleansAndIntegersAreRead() {
        assertArrayEquals(
                new double[] {1, -2}, values(tensor(10, 2).bytes(9, (byte) 0, (byte) 0x3c, (byte) 0, (byte) 0xc0)));
        assertArrayEquals(
                new double[] {1, -2}, values(tensor(16, 2).bytes(9, (byte) 0x80, (byte) 0x3f, (byte) 0, (byte) 0xc0)));
        assertArrayEquals(new double[] {0, 1}, values(tensor(9, 2).bytes(9, (byte) 0, (byte) 1)));
        byte[] minusTwo = {-2, -1, -1, -1, -1, -1, -1, -1};
        assertArrayEquals(new double[] {-2}, values(tensor(7, 1).bytes(9, minusTwo)));
    }

    @Test
    void typedNumbersAreReadPackedAndOneByOne() {
        assertArrayEquals(
                new double[] {1.5, -3}, values(tensor(1, 2).number(4, 1.5f).number(4, -3)));
        assertArrayEquals(new double[] {7, -1}, values(tensor(7, 2).packed(7, 7, -1)));
        assertArrayEquals(
                new double[] {7, -1}, values(tensor(7, 2).integer(7, 7).integer(7, -1)));
        assertArrayEquals(new double[] {1, -2}, values(tensor(10, 2).packed(5, 0x3c00, 0xc000)));
        assertArrayEquals(new double[] {1, 0, 1}, values(tensor(9, 3).packed(5, 1, 0, 1)));
    }

    @Test
    void anEmptyTensorAndAScalarAreRead() {
        assertEquals(0, values(tensor(1, 2, 0, 8)).length);
        assertArrayEquals(new double[] {4}, values(tensor(7).packed(7, 4)));
    }

    @Test
    void aTensorOfTheWrongSizeIsRefused() {
        OnnxTensorReader reader = new OnnxTensorReader(tensor(1, 3).number(4, 1).buffer());
        assertThrows(IllegalArgumentException.class, reader::tensor);
    }

    @Test
    void aFileCutShortIsRefused() {
        ByteBuffer whole = tensor(9, 2).bytes(9, (byte) 0, (byte) 1).buffer();
        ByteBuffer cut = whole.slice(0, whole.limit() - 1);
        assertThrows(IllegalArgumentException.class, () -> new OnnxTensorReader(cut));
    }

    @Test
    void dataInAnotherFileIsRefused() {
        OnnxBytes external = tensor(1, 1).message(13, new OnnxBytes().text(1, "location"));
        assertThrows(IllegalArgumentException.class, () -> new OnnxTensorReader(external.buffer()));
    }

    private static OnnxBytes node(String operator) {
        return new OnnxBytes()
                .text(1, "Q")
                .text(1, "")
                .text(1, "V")
                .text(2, "Y")
                .text(4, operator);
    }

    private static OnnxNode read(long opset, OnnxBytes... nodes) {
        OnnxBytes graph = new OnnxBytes();
        for (OnnxBytes node : nodes) {
            graph.message(1, node);
        }
        OnnxBytes imported = new OnnxBytes().text(1, "").integer(2, opset);
        return OnnxNode.read(new OnnxBytes()
                .integer(1, 10)
                .message(7, graph)
                .message(8, imported)
                .buffer());
    }

    @Test
    void theNodeIsReadWithItsAttributes() {
        OnnxBytes causal = new OnnxBytes().text(1, "is_causal").integer(3, 1).integer(20, 2);
        OnnxBytes scale = new OnnxBytes().text(1, "scale").number(2, 0.5f).integer(20, 1);
        OnnxNode node = read(24, node("Attention").message(5, causal).message(5, scale));
        assertEquals("Attention-24", node.label());
        assertEquals(List.of("Q", "", "V"), node.inputs());
        assertEquals(List.of("Y"), node.outputs());
        assertEquals(Map.of("is_causal", 1L, "scale", 0.5f), node.attributes());
        assertEquals(1, node.integer("is_causal", 0));
        assertEquals(0.5f, node.number("scale", 1));
        assertThrows(IllegalArgumentException.class, () -> node.integer("scale", 1));
    }

    @Test
    void theVersionIsThatOfTheLastChange() {
        assertEquals("Attention-25", read(26, node("Attention")).label());
        assertEquals("RotaryEmbedding-23", read(25, node("RotaryEmbedding")).label());
        assertThrows(IllegalArgumentException.class, () -> read(22, node("Attention")));
        assertThrows(IllegalArgumentException.class, () -> read(1000, node("Attention")));
    }

    @Test
    void aModelOfSeveralNodesIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> read(23, node("Attention"), node("Attention")));
    }

    @Test
    void aDifferenceBeyondTheToleranceIsNoticed() {
        OnnxTensor expected = floats(1, 0, Double.NaN, Double.NEGATIVE_INFINITY);
        assertNull(expected.difference(expected));
        assertNull(floats(1.0009, 9e-8, Double.NaN, Double.NEGATIVE_INFINITY).difference(expected));
        assertNotNull(floats(1.0011, 0, Double.NaN, Double.NEGATIVE_INFINITY).difference(expected));
        assertNotNull(floats(1, 2e-7, Double.NaN, Double.NEGATIVE_INFINITY).difference(expected));
        assertNotNull(floats(1, 0, 1, Double.NEGATIVE_INFINITY).difference(expected));
        assertNotNull(floats(1, 0, Double.NaN, -1e38).difference(expected));
        assertNotNull(
                floats(Double.NaN, 0, Double.NaN, Double.NEGATIVE_INFINITY).difference(expected));
        assertTrue(floats(1).difference(expected).contains("[1]"));
        assertNotNull(floats(1).as(OnnxType.FLOAT16).difference(floats(1)));
    }

    private static OnnxTensor floats(double... values) {
        return new OnnxTensor(OnnxType.FLOAT, new int[] {values.length}, values);
    }
}
