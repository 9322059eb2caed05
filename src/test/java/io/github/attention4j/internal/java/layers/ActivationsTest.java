package io.github.attention4j.internal.java.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.java.tiled.EveryMicroKernels;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.Activation;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations in floats against their definition in double precision, and both against what is known of them. */
class ActivationsTest {
    static List<MicroKernels> kernels() {
        return EveryMicroKernels.list();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void areWithinTheirErrorAllOver(MicroKernels kernels) {
        float[] x = new float[40_003];
        for (int i = 0; i < x.length; i++) {
            float t = (i - x.length / 2) / (float) (x.length / 2);
            x[i] = 25 * t * t * t; // dense around 0
        }
        for (Activation activation : Activation.values()) {
            float[] y = x.clone();
            kernels.activate(activation, y, 1, y.length - 1);
            for (int i = 1; i < x.length; i++) {
                double exact = ReferenceActivation.of(activation, x[i]);
                double allowed = 3.5e-7 * Math.abs(x[i]) * (x[i] > -1 ? 1 : Math.min(1, 40 * Math.abs(exact / x[i])));
                // The definition loses what is far below 1.
                assertEquals(exact, y[i], allowed + 2e-14, activation + " of " + x[i]);
            }
            assertEquals(x[0], y[0], "what is beside the elements stays");
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void unusualNumbersAreTakenForWhatTheyAre(MicroKernels kernels) {
        for (Activation activation : Activation.values()) {
            float[] y = new float[64];
            y[3] = Float.NaN;
            y[4] = Float.POSITIVE_INFINITY;
            y[5] = Float.NEGATIVE_INFINITY;
            y[6] = Float.MAX_VALUE;
            y[7] = -Float.MAX_VALUE;
            float least = activation == Activation.NONE ? y[5] : 0;
            kernels.activate(activation, y, 0, y.length);
            assertTrue(Float.isNaN(y[3]));
            assertEquals(Float.POSITIVE_INFINITY, y[4]);
            assertEquals(least, y[5], 1e-30f, activation.name());
            assertEquals(Float.MAX_VALUE, y[6]);
            assertEquals(activation == Activation.NONE ? -Float.MAX_VALUE : 0, y[7], 1e-30f, activation.name());
            assertEquals(0, y[8]);
        }
    }
}
