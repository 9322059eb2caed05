package io.github.attention4j.transformer.internal.layers;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * {@code y = x · weight + bias} for many rows at once, on all processors.
 *
 * @param weight [in][out]. An array for each row, and four rows at a time, because that is what the compiler makes
 *     vectors of: 38 GFLOP/s on one processor (AMD EPYC, JDK 17), but 6 with eight rows at a time, and 4 with all rows
 *     in one array
 * @param bias [out]
 */
public record Linear(float[][] weight, float[] bias) {
    /** Rows of x in one piece of work. */
    private static final int ROWS = 32;
    /** Rows of the weights taken at once: each element of y is then loaded and stored once for so many products. */
    private static final int DEPTH = 4;

    /** Checks that the inner loop, which takes {@value #DEPTH} inputs at a time, leaves none over. */
    public Linear {
        if (weight.length % DEPTH != 0) {
            throw new IllegalArgumentException("the inputs of a layer must be a multiple of " + DEPTH + ", but are "
                    + weight.length + "; pad the weights with zeros");
        }
    }

    /** From weights [in, out] in one array. */
    public static Linear of(float[] weight, float[] bias) {
        int out = bias.length;
        float[][] rows = new float[weight.length / out][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(weight, row * out, (row + 1) * out));
        return new Linear(rows, bias);
    }

    /** From weights [out, in] in one array, as PyTorch keeps them. */
    public static Linear ofOutputs(float[] weight, float[] bias) {
        int out = bias.length;
        int in = weight.length / out;
        float[][] rows = new float[in][out];
        for (int i = 0; i < weight.length; i++) {
            rows[i % in][i / in] = weight[i];
        }
        return new Linear(rows, bias);
    }

    /** @param x [rows, in]; the result is [rows, out] */
    public float[] apply(float[] x) {
        int rows = x.length / weight.length;
        float[] y = new float[rows * bias.length];
        IntStream.range(0, (rows + ROWS - 1) / ROWS)
                .parallel()
                .forEach(block -> applyRows(x, y, block * ROWS, Math.min(rows, (block + 1) * ROWS)));
        return y;
    }

    private void applyRows(float[] x, float[] y, int from, int to) {
        int in = weight.length;
        int out = bias.length;
        float[][] sums = new float[to - from][];
        Arrays.setAll(sums, row -> bias.clone());
        // A band of weights (DEPTH x out floats) stays in the first-level cache while all rows of the block use it.
        for (int k = 0; k < in; k += DEPTH) {
            for (int row = from; row < to; row++) {
                addBand(x, row * in + k, k, sums[row - from]);
            }
        }
        for (int row = from; row < to; row++) {
            System.arraycopy(sums[row - from], 0, y, row * out, out);
        }
    }

    private void addBand(float[] x, int at, int k, float[] sum) {
        float[] w0 = weight[k];
        float[] w1 = weight[k + 1];
        float[] w2 = weight[k + 2];
        float[] w3 = weight[k + 3];
        float x0 = x[at];
        float x1 = x[at + 1];
        float x2 = x[at + 2];
        float x3 = x[at + 3];
        for (int j = 0; j < sum.length; j++) {
            sum[j] = sum[j] + x0 * w0[j] + x1 * w1[j] + x2 * w2[j] + x3 * w3[j];
        }
    }
}
