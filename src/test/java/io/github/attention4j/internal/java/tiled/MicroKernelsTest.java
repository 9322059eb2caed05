package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.util.Arrays;
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
            kernels.widen(type, all, 0, widened, 3, 5); // fewer than a vector
            kernels.widen(type, all, 5, widened, 8, all.length - 5);
            for (int i = 0; i < all.length; i++) {
                assertEquals(
                        Float.floatToRawIntBits(wanted[i]),
                        Float.floatToRawIntBits(widened[i + 3]),
                        type + " " + Integer.toHexString(i));
            }
        }
    }

    /** With one key the log-sum-exp is its score. */
    private static float capped(MicroKernels kernels, float score, float cap) {
        int lanes = kernels.lanes(1);
        Panel panel = kernels.newPanels(1, lanes, 1, 1)[0];
        panel.start(Float.NEGATIVE_INFINITY);
        panel.load(0, new float[] {score}, 1);
        panel.scores(new float[] {1}, 0, 1, 1);
        panel.cap(1, cap);
        panel.softmax(1);
        return panel.lse(0);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void capsWithAFewRoundingErrors(MicroKernels kernels) {
        for (float cap : new float[] {1, 30, 0.01f, 3e8f}) {
            for (float x = 1e-6f; x < 40; x *= 1.03f) {
                for (float score : new float[] {x * cap, -x * cap}) {
                    double wanted = cap * Math.tanh(score / cap);
                    assertEquals(wanted, capped(kernels, score, cap), Math.abs(wanted) * 4e-7, score + " to " + cap);
                }
            }
            assertEquals(0, capped(kernels, 0, cap));
            assertEquals(cap, capped(kernels, Float.POSITIVE_INFINITY, cap));
            assertEquals(-cap, capped(kernels, Float.NEGATIVE_INFINITY, cap));
            assertEquals(Float.NaN, capped(kernels, Float.NaN, cap));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void weightsAreThoseOfTheExponentialAndZeroFarBelow(MicroKernels kernels) {
        int lanes = kernels.lanes(1);
        Panel panel = kernels.newPanels(1, lanes, 1, 2)[0];
        float[] out = new float[2];
        for (float x = 0; x > -120; x -= 0.37f) {
            panel.start(Float.NEGATIVE_INFINITY);
            panel.load(0, new float[] {1}, 1);
            float[] keys = {0, x};
            panel.scores(keys, 0, 1, 2);
            panel.softmax(2);
            panel.accumulate(new float[] {1, 0, 0, 1}, 0, 2, 2);
            panel.store(0, out);
            double wanted = Math.exp(x) / (1 + Math.exp(x));
            double relative = 1e-6 - x * 0x1p-23; // x is rounded once more
            assertEquals(wanted, out[1], wanted * relative + 0x1p-106, "e^" + x);
            assertEquals(1 - wanted, out[0], 1e-6, "e^" + x);
        }
        Arrays.fill(out, Float.NaN);
        panel.start(2); // and no key at all
        panel.store(0, out);
        assertEquals(0, out[0]);
        assertEquals(2, panel.lse(0));
    }
}
