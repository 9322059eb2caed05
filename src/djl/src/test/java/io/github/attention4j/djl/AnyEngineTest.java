package io.github.attention4j.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.passthrough.PassthroughNDManager;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays that belong to no engine at all: DJL's bare buffers, wherever and in whichever order their bytes lie. */
class AnyEngineTest {
    private static final Shape ROW = new Shape(1, 1, 1, 5);

    @ParameterizedTest
    @CsvSource({"false, BIG_ENDIAN", "false, LITTLE_ENDIAN", "true, BIG_ENDIAN", "true, LITTLE_ENDIAN"})
    void oneRowOverItselfIsThatRow(boolean direct, String order) {
        ByteBuffer bytes = direct ? ByteBuffer.allocateDirect(20) : ByteBuffer.allocate(20);
        bytes.order(order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(new float[] {1, 2, 3, 4, 5});
        NDArray row = PassthroughNDManager.INSTANCE.create(bytes, ROW, DataType.FLOAT32);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            NDArray out =
                    NdAttention.attend(engine, NdAttention.spec(row, row, row).build(), row, row, row);
            assertEquals(ROW, out.getShape());
            float[] numbers = new float[5];
            out.toByteBuffer().asFloatBuffer().get(numbers);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5}, numbers);
        }
    }

    /** DJL's PyTorch ends the JVM when asked for bfloat16, so this is tried here. */
    @Test
    void bfloat16() {
        ByteBuffer bytes = ByteBuffer.allocate(10);
        bytes.asShortBuffer().put(Half.encode(DType.BF16, new float[] {1, 2, 3, 4, 5}));
        NDArray row = PassthroughNDManager.INSTANCE.create(bytes, ROW, DataType.BFLOAT16);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            NDArray out =
                    NdAttention.attend(engine, NdAttention.spec(row, row, row).build(), row, row, row);
            assertEquals(DataType.BFLOAT16, out.getDataType());
            short[] bits = new short[5];
            out.toByteBuffer().asShortBuffer().get(bits);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5}, Half.decode(DType.BF16, bits));
        }
    }
}
