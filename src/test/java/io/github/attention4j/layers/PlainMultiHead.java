package io.github.attention4j.layers;

/**
 * Multi-head attention in plain double loops, for tests: one sequence, or several behind one another. Weights are those
 * of query, key and value behind one another.
 *
 * @param heads query heads
 * @param kvHeads key heads
 * @param headDim columns of a head
 * @param causal whether a row sees no later one
 * @param queryOffsets where each sequence's rows begin, and where the last ends
 * @param keyOffsets likewise, of the rows that keys are made of
 */
record PlainMultiHead(int heads, int kvHeads, int headDim, boolean causal, int[] queryOffsets, int[] keyOffsets) {
    /** out [rows, width]. */
    double[] out(
            double[] input, double[] memory, double[] weight, double[] bias, double[] outWeight, double[] outBias) {
        int q = heads * headDim;
        int k = kvHeads * headDim;
        int rows = queryOffsets[queryOffsets.length - 1];
        int memoryRows = keyOffsets[keyOffsets.length - 1];
        int width = input.length / rows;
        int memoryWidth = memory.length / memoryRows;
        double[] query = linear(input, rows, width, weight, 0, bias, 0, q);
        int keysAt = q * width;
        double[] key = linear(memory, memoryRows, memoryWidth, weight, keysAt, bias, q, k);
        double[] value = linear(memory, memoryRows, memoryWidth, weight, keysAt + k * memoryWidth, bias, q + k, k);
        double[] attended = new double[rows * q];
        for (int entry = 0; entry + 1 < queryOffsets.length; entry++) {
            for (int i = queryOffsets[entry]; i < queryOffsets[entry + 1]; i++) {
                // The last query sees the last key.
                int end = causal ? keyOffsets[entry + 1] - (queryOffsets[entry + 1] - 1 - i) : keyOffsets[entry + 1];
                for (int head = 0; head < heads; head++) {
                    attend(query, key, value, attended, i, head, keyOffsets[entry], end);
                }
            }
        }
        return linear(attended, rows, q, outWeight, 0, outBias, 0, outWeight.length / q);
    }

    private void attend(double[] query, double[] key, double[] value, double[] out, int i, int head, int from, int to) {
        int q = heads * headDim;
        int k = kvHeads * headDim;
        int kvHead = head / (heads / kvHeads);
        double sum = 0;
        double[] weights = new double[Math.max(0, to - from)];
        for (int j = from; j < to; j++) {
            double score = 0;
            for (int d = 0; d < headDim; d++) {
                score += query[i * q + head * headDim + d] * key[j * k + kvHead * headDim + d];
            }
            weights[j - from] = Math.exp(score / Math.sqrt(headDim));
            sum += weights[j - from];
        }
        for (int j = from; j < to; j++) {
            for (int d = 0; d < headDim; d++) {
                out[i * q + head * headDim + d] += weights[j - from] / sum * value[j * k + kvHead * headDim + d];
            }
        }
    }

    private static double[] linear(
            double[] x, int rows, int in, double[] weight, int at, double[] bias, int biasAt, int out) {
        double[] y = new double[rows * out];
        for (int r = 0; r < rows; r++) {
            for (int m = 0; m < out; m++) {
                double sum = bias == null ? 0 : bias[biasAt + m];
                for (int c = 0; c < in; c++) {
                    sum += x[r * in + c] * weight[at + m * in + c];
                }
                y[r * out + m] = sum;
            }
        }
        return y;
    }
}
