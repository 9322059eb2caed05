package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights and results of softmax: in double precision, in lanes, and in both kinds of panels. */
class SoftmaxTest {
    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
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

    @Test
    void aRowAndLanesHaveTheSameWeights() {
        double[] scores = {1, -3, 2, Double.NEGATIVE_INFINITY, 5};
        boolean[] seen = {true, true, true, true, false};
        double[] wanted = {Math.exp(-1), Math.exp(-5), 1, 0, 0};
        double sum = Softmax.weigh(scores, seen, 5, 2, 0.5);
        assertArrayEquals(wanted, scores, 1e-15);
        assertEquals(0.5 + Math.exp(-1) + Math.exp(-5) + 1, sum, 1e-15);

        float[] lanes = {1, -3, 2, Float.NEGATIVE_INFINITY};
        float[] sums = {0, 1, 2, 3};
        Softmax.weigh(lanes, new float[] {2, 2, 2, 2}, sums, new float[4]);
        for (int i = 0; i < lanes.length; i++) {
            assertEquals(wanted[i] * Exp.UNIT, lanes[i], wanted[i] * Exp.UNIT * 1e-6);
            assertEquals(i + lanes[i], sums[i]);
        }
    }

    @Test
    void meansAreNotLargerThanWhatTheyAreOf() {
        float[] sums = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, 1};
        Softmax.mean(sums, Math.nextDown(1));
        float[] wanted = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, Math.nextUp(1f)};
        assertArrayEquals(wanted, sums, 1e-6f);
    }
}
