package io.github.attention4j.transformer.internal.layers;

import java.util.stream.IntStream;

/**
 * Layer normalisation (Ba et al., 2016).
 *
 * @param weight [width]
 * @param bias [width]
 * @param epsilon added to the variance
 */
public record LayerNorm(float[] weight, float[] bias, double epsilon) {
    /** Adds {@code residual} to {@code x} and normalises each row, in place. */
    public float[] addAndNormalize(float[] x, float[] residual) {
        int width = weight.length;
        IntStream.range(0, x.length / width).parallel().forEach(row -> normalizeRow(x, residual, row * width));
        return x;
    }

    private void normalizeRow(float[] x, float[] residual, int at) {
        int width = weight.length;
        double mean = 0;
        for (int i = 0; i < width; i++) {
            x[at + i] += residual[at + i];
            mean += x[at + i];
        }
        mean /= width;
        double variance = 0;
        for (int i = 0; i < width; i++) {
            variance += (x[at + i] - mean) * (x[at + i] - mean);
        }
        double factor = 1 / Math.sqrt(variance / width + epsilon);
        for (int i = 0; i < width; i++) {
            x[at + i] = (float) ((x[at + i] - mean) * factor * weight[i] + bias[i]);
        }
    }
}
