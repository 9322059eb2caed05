package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.transformer.Sampling;
import java.util.Arrays;
import java.util.Random;

/** Chooses the tokens of one text. */
public final class TokenChoice {
    private final Sampling sampling;
    private final Random random;

    /** From the beginning of what the seed gives. */
    public TokenChoice(Sampling sampling) {
        this.sampling = sampling;
        random = new Random(sampling.seed());
    }

    /** The next token, by the scores of all. */
    public int next(float[] scores) {
        return sampling.temperature() == 0 ? best(scores) : drawn(scores);
    }

    /** The first of the largest. */
    private static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    private int drawn(float[] scores) {
        int[] order = fromTheBest(scores, sampling.topK() == 0 ? scores.length : sampling.topK());
        double[] weights = Arrays.stream(order)
                .mapToDouble(i -> Math.exp(((double) scores[i] - scores[order[0]]) / sampling.temperature()))
                .toArray();
        int count = kept(weights);
        double drawn = random.nextDouble() * Arrays.stream(weights, 0, count).sum();
        int at = 0;
        while (at < count - 1 && drawn >= weights[at]) {
            drawn -= weights[at++];
        }
        return order[at];
    }

    /** So many tokens, the best first, of equals the one with the smaller number. */
    private static int[] fromTheBest(float[] scores, int most) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(scores[i]);
            int ordered = bits < 0 ? bits ^ Integer.MAX_VALUE : bits; // as floats are
            keys[i] = (long) ~ordered << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).limit(most).mapToInt(key -> (int) key).toArray();
    }

    /** The fewest of the first that have enough of the sum. */
    private int kept(double[] weights) {
        if (sampling.topP() == 1) {
            return weights.length;
        }
        double enough = sampling.topP() * Arrays.stream(weights).sum();
        double sum = 0;
        int count = 0;
        while (count < weights.length && sum < enough) {
            sum += weights[count++];
        }
        return count;
    }
}
