package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;

/**
 * What gradients of key and value must add up to, without dropout: a check in time linear in the length, where their
 * definition would take minutes. Weights of a row sum to 1, so gradients of values sum to those of out. Shifting all
 * keys changes no weight, so their gradients sum to 0. Each score takes its key as it takes its query, so keys times
 * their gradients sum to what queries times theirs do. Errors are shares of the sum of all sizes.
 *
 * @param query [batch, heads, queryLength, headDim], and so on as the spec says; every query must see a key
 */
record GradientSums(AttentionSpec spec, double[] query, double[] key, double[] gradOut) {
    /** The largest error of gradients of values, which are in the answer from here on. */
    double ofValue(float[] answer, int at) {
        int dim = spec.valueDim();
        double worst = 0;
        for (int kvHead = 0; kvHead < spec.batch() * spec.kvHeads(); kvHead++) {
            Sums[] sums = ofColumns(answer, at + kvHead * spec.keyLength() * dim, dim);
            int rows = spec.groupSize() * spec.queryLength();
            for (int i = kvHead * rows * dim; i < (kvHead + 1) * rows * dim; i++) {
                sums[i % dim].add(-gradOut[i]);
            }
            for (Sums each : sums) {
                worst = Math.max(worst, each.error());
            }
        }
        return worst;
    }

    /** The largest error of gradients of keys, which are in the answer from here on; those of queries stand first. */
    double ofKey(float[] answer, int at) {
        int dim = spec.headDim();
        double worst = 0;
        for (int kvHead = 0; kvHead < spec.batch() * spec.kvHeads(); kvHead++) {
            int keyBegin = kvHead * spec.keyLength() * dim;
            for (Sums each : ofColumns(answer, at + keyBegin, dim)) {
                worst = Math.max(worst, each.error());
            }
            Sums products = new Sums();
            for (int i = keyBegin; i < keyBegin + spec.keyLength() * dim; i++) {
                products.add(key[i] * answer[at + i]);
            }
            int elements = spec.groupSize() * spec.queryLength() * dim;
            for (int i = kvHead * elements; i < (kvHead + 1) * elements; i++) {
                products.add(-query[i] * answer[i]);
            }
            worst = Math.max(worst, products.error());
        }
        return worst;
    }

    private Sums[] ofColumns(float[] answer, int begin, int dim) {
        Sums[] sums = new Sums[dim];
        for (int c = 0; c < dim; c++) {
            sums[c] = new Sums();
        }
        for (int i = 0; i < spec.keyLength() * dim; i++) {
            sums[i % dim].add(answer[begin + i]);
        }
        return sums;
    }

    /** A sum that should be 0. */
    private static final class Sums {
        private double sum;
        private double sizes;

        void add(double number) {
            sum += number;
            sizes += Math.abs(number);
        }

        double error() {
            return sizes == 0 ? 0 : Math.abs(sum) / sizes;
        }
    }
}
