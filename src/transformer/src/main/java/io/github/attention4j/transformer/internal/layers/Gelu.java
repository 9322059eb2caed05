package io.github.attention4j.transformer.internal.layers;

import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erf;

/** The exact GELU, {@code x · Φ(x)} (Hendrycks and Gimpel, 2016), not its tanh approximation. */
public final class Gelu {
    private static final int PIECE = 4096;
    private static final double SQRT_HALF = Math.sqrt(0.5);

    private Gelu() {}

    public static float[] inPlace(float[] x) {
        IntStream.range(0, (x.length + PIECE - 1) / PIECE).parallel().forEach(piece -> {
            int to = Math.min(x.length, (piece + 1) * PIECE);
            for (int i = piece * PIECE; i < to; i++) {
                x[i] = (float) (0.5 * x[i] * (1 + Erf.value(x[i] * SQRT_HALF)));
            }
        });
        return x;
    }
}
