package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.internal.java.memory.Codec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of the micro-kernels, for every number that matters. */
class MicroKernelsTest {
    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void widensEvery16BitNumberExactly(MicroKernels kernels) {
        short[] all = new short[1 << 16];
        for (int i = 0; i < all.length; i++) {
            all[i] = (short) i;
        }
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            float[] wanted = Half.decode(type, all);
            float[] widened = new float[all.length + 3];
            kernels.decode(Codec.of(type), all, 0, widened, 3, 5); // fewer than a vector
            kernels.decode(Codec.of(type), all, 5, widened, 8, all.length - 5);
            for (int i = 0; i < all.length; i++) {
                assertEquals(
                        Float.floatToRawIntBits(wanted[i]),
                        Float.floatToRawIntBits(widened[i + 3]),
                        type + " " + Integer.toHexString(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void multipliesEveryQuantisedNumberByItsScale(MicroKernels kernels) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (DType type : new DType[] {DType.I8, DType.I4}) {
            int count = all.length * Byte.SIZE / type.bits() - 6;
            float[] wanted = new float[count];
            Codec.of(type).decode(all, 3, 0, wanted, 0, count);
            float[] scaled = new float[count + 1];
            kernels.decode(Codec.of(type), all, 3, scaled, 1, count, 0.7f);
            for (int i = 0; i < count; i++) {
                assertEquals(wanted[i] * 0.7f, scaled[i + 1], type + " " + i);
            }
        }
    }
}
