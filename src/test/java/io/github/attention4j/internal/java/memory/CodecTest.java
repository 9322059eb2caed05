package io.github.attention4j.internal.java.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.attention4j.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** TypedMemory of every type: in arrays as in buffers, and back. */
class CodecTest {
    private static final int LENGTH = 64;

    @ParameterizedTest
    @EnumSource
    void everyTypeHasOne(DType type) {
        assertNotNull(Codec.of(type));
        assertEquals(Codec.of(type).name(), type.name());
    }

    private static ByteBuffer bytes(DType type) {
        byte[] bytes = new byte[LENGTH * type.bytes()];
        new SplittableRandom(7).nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        buffer.put(bytes).clear();
        return buffer;
    }

    @ParameterizedTest
    @EnumSource
    void aBufferReadsAsTheArrayOfItsBytes(DType type) {
        ByteBuffer buffer = bytes(type);
        Object array = HostMemory.allocate(type, LENGTH);
        HostMemory.copy(type, buffer, 0, array, 0, LENGTH);
        TypedMemory inArray = new TypedMemory(type, array);
        TypedMemory inBuffer = new TypedMemory(type, buffer);
        if (type == DType.I32) {
            for (int i = 0; i < LENGTH; i++) {
                assertEquals(inArray.integer(i), inBuffer.integer(i));
            }
            return;
        }
        for (int column = 0; column < 19; column++) {
            for (int count = 1; count < 19; count++) {
                float[] fromArray = new float[20];
                float[] fromBuffer = new float[20];
                inArray.read(3, column, fromArray, 1, count);
                inBuffer.read(3, column, fromBuffer, 1, count);
                assertArrayEquals(fromArray, fromBuffer, column + ", " + count);
            }
        }
    }

    static Stream<DType> written() {
        return Stream.of(DType.values()).filter(type -> type.isFloat() || type.isQuantised());
    }

    @ParameterizedTest
    @MethodSource("written")
    void whatIsReadIsWrittenBackAsItWas(DType type) {
        ByteBuffer buffer = bytes(type);
        int count = LENGTH * Codec.of(type).packed;
        float[] numbers = new float[count];
        new TypedMemory(type, buffer).read(0, 0, numbers, 0, count);
        Object array = HostMemory.allocate(type, LENGTH);
        ByteBuffer again = ByteBuffer.allocateDirect(buffer.capacity()).order(ByteOrder.nativeOrder());
        new TypedMemory(type, array).write(0, numbers, 0, count);
        new TypedMemory(type, again).write(0, numbers, 0, count);
        float[] fromArray = new float[count];
        float[] fromBuffer = new float[count];
        new TypedMemory(type, array).read(0, 0, fromArray, 0, count);
        new TypedMemory(type, again).read(0, 0, fromBuffer, 0, count);
        assertArrayEquals(numbers, fromArray); // and not the bytes: of a NaN there are many
        assertArrayEquals(numbers, fromBuffer);
    }

    @Test
    void oddRowsOfHalfBytesLeaveTheirLastHalfZero() {
        byte[] bytes = {0x77, 0x77};
        new TypedMemory(DType.I4, bytes).write(0, new float[] {-8, 7, -1}, 0, 3);
        assertArrayEquals(new byte[] {0x78, 0x0f}, bytes);
    }
}
