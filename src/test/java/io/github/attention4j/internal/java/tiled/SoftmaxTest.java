package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
            panel.load(new float[] {1}, 0, 1, 1, 1);
            float[] keys = {0, x};
            panel.scores(keys, 0, 1, 2);
            panel.softmax(2);
            panel.accumulate(new float[] {1, 0, 0, 1}, 0, 2, 2);
            panel.store(out, 0, 2, 1);
            double wanted = Math.exp(x) / (1 + Math.exp(x));
            double relative = 1e-6 - x * 0x1p-23; // x is rounded once more
            assertEquals(wanted, out[1], wanted * relative + 0x1p-106, "e^" + x);
            assertEquals(1 - wanted, out[0], 1e-6, "e^" + x);
        }
        Arrays.fill(out, Float.NaN);
        panel.start(2); // and no key at all
        panel.store(out, 0, 2, 1);
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
        Softmax.mean(sums, 0, sums.length, Math.nextDown(1));
        float[] wanted = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, Math.nextUp(1f)};
        assertArrayEquals(wanted, sums, 1e-6f);
    }

    /** What rounding lifts beyond the largest float is that; infinities and NaNs stay; no key seen is zero. */
    @ParameterizedTest
    @MethodSource("kernels")
    void panelsStoreMeansOfTheirValues(MicroKernels kernels) {
        float[] value = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, 1, -0f};
        int lanes = kernels.lanes(2);
        Panel panel = kernels.newPanels(1, lanes, 1, value.length)[0];
        float[] values = new float[3 * value.length];
        for (int key = 0; key < 3; key++) {
            System.arraycopy(value, 0, values, key * value.length, value.length);
        }
        for (int trial = 0; trial < 600; trial++) { // vectors come in later
            panel.start(Float.NEGATIVE_INFINITY);
            panel.load(new float[] {trial * 0.01f, Float.NaN}, 0, 1, 2, 1);
            panel.scores(new float[] {1, 0, 0.3f}, 0, 1, 3);
            panel.hide(1, 0, 3);
            panel.softmax(3);
            panel.accumulate(values, 0, value.length, 3);
            float[] out = new float[3 + 2 * value.length];
            Arrays.fill(out, 7);
            panel.store(out, 1, value.length + 1, 2);
            float[] wanted = new float[out.length];
            Arrays.fill(wanted, 7);
            System.arraycopy(value, 0, wanted, 1, value.length);
            Arrays.fill(wanted, 2 + value.length, 2 + 2 * value.length, 0);
            for (int i = 0; i < out.length; i++) {
                float most = Float.isFinite(wanted[i]) ? Math.abs(wanted[i]) * 1e-6f + Float.MIN_VALUE : 1;
                assertEquals(wanted[i], out[i], most, "trial " + trial + ", element " + i);
            }
            if (trial % 100 == 99) {
                LockSupport.parkNanos(11_000_000); // whether they are compiled is looked at now and then
            }
        }
    }
}
