package io.github.attention4j.internal.java.steps;

/**
 * From scores to weights and results: all weights of keys are made here, for a row in double precision and for a key's
 * row of lanes in floats, but those of vectors, which have a twin beside them. The twin of {@code softmax.clh}.
 *
 * <p>In floats weights are {@link Exp#UNIT} times as large, and so are their sums.
 */
public final class Softmax {
    private Softmax() {}

    /**
     * Turns scores into the weights that multiply values, exp(score − shift), and 0 for keys that are not seen.
     *
     * @param sum of the weights so far
     * @return the sum with those weights that count
     */
    public static double weigh(double[] scores, boolean[] seen, int keys, double shift, double sum) {
        double total = sum;
        for (int j = 0; j < keys; j++) {
            double weight = seen[j] ? Math.exp(scores[j] - shift) : 0;
            total += weight;
            scores[j] = weight;
        }
        return total;
    }

    /**
     * Turns the scores of one key, one a lane, into the weights that multiply its values, and adds to each lane's sum
     * the weight that counts.
     *
     * @param spare as long as the others, for what is between
     */
    public static void weigh(float[] scores, float[] shift, float[] sum, float[] spare) {
        subtract(scores, shift);
        Exp.ofRow(scores, spare, Exp.WEIGHT_LOWEST, Exp.WEIGHT_ROUND);
        add(sum, scores);
    }

    /**
     * Turns the scores of one query, one a key, into the weights that multiply values.
     *
     * @param spare as long as the scores, for what is between
     * @return the sum of those that count
     */
    public static float weigh(float[] scores, float shift, float[] spare) {
        for (int j = 0; j < scores.length; j++) {
            scores[j] -= shift;
        }
        Exp.ofRow(scores, spare, Exp.WEIGHT_LOWEST, Exp.WEIGHT_ROUND);
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0; // four, as one would wait for itself
        for (int j = 0; j + 3 < scores.length; j += 4) {
            sum0 += scores[j];
            sum1 += scores[j + 1];
            sum2 += scores[j + 2];
            sum3 += scores[j + 3];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    private static void subtract(float[] row, float[] other) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= other[i];
        }
    }

    private static void add(float[] row, float[] other) {
        for (int i = 0; i < row.length; i++) {
            row[i] += other[i];
        }
    }

    /** The sum of the weights before the first key: a sink is the first of a row. */
    public static float start(float sink) {
        return sink == Float.NEGATIVE_INFINITY ? 0 : Exp.UNIT;
    }

    /**
     * Divides sums of weights times values by the sum of the weights. A mean of values is no larger than they are: what
     * rounding lifts beyond the largest float is that, and not infinite.
     */
    public static void mean(float[] row, int from, int count, float sum) {
        float norm = 1 / sum;
        for (int d = from; d < from + count; d++) {
            row[d] = mean(row[d], norm);
        }
    }

    /** One of these; norm is 1 / the sum of the weights. */
    public static float mean(float total, float norm) {
        float mean = total * norm;
        return Float.isInfinite(mean) && Float.isFinite(total) ? Math.copySign(Float.MAX_VALUE, mean) : mean;
    }

    /** The log-sum-exp; −∞ for a row that saw no key and has no sink. */
    public static float lse(double max, double sum) {
        return sum == 0 ? Float.NEGATIVE_INFINITY : (float) (max + Math.log(sum / Exp.UNIT));
    }
}
