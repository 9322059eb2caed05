package io.github.attention4j.transformer.internal.layers;

/**
 * Scales each row so that the mean of its squares is 1, and then each column by a weight.
 *
 * @param weight [width]
 * @param epsilon added under the root, so that rows of zeros stay zeros
 */
public record RmsNorm(float[] weight, float epsilon) {
    /** @param x [rows, width], which stays as it is */
    public float[] apply(float[] x) {
        int width = weight.length;
        float[] y = new float[x.length];
        for (int row = 0; row < x.length; row += width) {
            double squares = 0;
            for (int i = row; i < row + width; i++) {
                squares += (double) x[i] * x[i];
            }
            float scale = (float) (1 / Math.sqrt(squares / width + epsilon));
            for (int i = 0; i < width; i++) {
                y[row + i] = x[row + i] * scale * weight[i];
            }
        }
        return y;
    }
}
