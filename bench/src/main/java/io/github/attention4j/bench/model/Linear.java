package io.github.attention4j.bench.model;

import java.util.stream.IntStream;

/**
 * {@code y = x · weight + bias} for many rows at once, on all processors.
 *
 * @param weight [in, out]
 * @param bias [out]
 */
record Linear(int in, int out, float[] weight, float[] bias) {
    /** Rows of x in one piece of work. */
    private static final int ROWS = 32;
    /** Rows of the weights taken at once: each element of y is then loaded and stored once for so many products. */
    private static final int DEPTH = 8;

    /** @param x [rows, in]; the result is [rows, out] */
    float[] apply(float[] x) {
        int rows = x.length / in;
        float[] y = new float[rows * out];
        IntStream.range(0, (rows + ROWS - 1) / ROWS)
                .parallel()
                .forEach(block -> applyRows(x, y, block * ROWS, Math.min(rows, (block + 1) * ROWS)));
        return y;
    }

    private void applyRows(float[] x, float[] y, int from, int to) {
        for (int row = from; row < to; row++) {
            System.arraycopy(bias, 0, y, row * out, out);
        }
        float[] sum = new float[out];
        // A band of weights (DEPTH x out floats) stays in the first-level cache while all rows of the block use it.
        for (int k = 0; k + DEPTH <= in; k += DEPTH) {
            for (int row = from; row < to; row++) {
                System.arraycopy(y, row * out, sum, 0, out);
                addBand(x, row * in + k, k, sum);
                System.arraycopy(sum, 0, y, row * out, out);
            }
        }
    }

    /** Its own array for the sums lets the compiler see that nothing overlaps, and use vectors. */
    private void addBand(float[] x, int xAt, int k, float[] sum) {
        float[] w = weight;
        int n = out;
        int w0 = k * n;
        float x0 = x[xAt];
        float x1 = x[xAt + 1];
        float x2 = x[xAt + 2];
        float x3 = x[xAt + 3];
        float x4 = x[xAt + 4];
        float x5 = x[xAt + 5];
        float x6 = x[xAt + 6];
        float x7 = x[xAt + 7];
        for (int j = 0; j < n; j++) {
            sum[j] += x0 * w[w0 + j]
                    + x1 * w[w0 + n + j]
                    + x2 * w[w0 + 2 * n + j]
                    + x3 * w[w0 + 3 * n + j]
                    + x4 * w[w0 + 4 * n + j]
                    + x5 * w[w0 + 5 * n + j]
                    + x6 * w[w0 + 6 * n + j]
                    + x7 * w[w0 + 7 * n + j];
        }
    }

    /** Checks that the inner loop, which takes {@value #DEPTH} inputs at a time, leaves none over. */
    Linear {
        if (in % DEPTH != 0) {
            throw new IllegalArgumentException("the inputs of a layer must be a multiple of " + DEPTH + ", but are "
                    + in + "; pad the weights with zeros");
        }
    }
}
