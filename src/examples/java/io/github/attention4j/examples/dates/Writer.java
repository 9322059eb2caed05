package io.github.attention4j.examples.dates;

import io.github.attention4j.examples.dates.Parameters.Parameter;

/** The decoder's end: from a state, and what attention brought to it, to the next character. */
final class Writer {
    private final int width;
    private final Parameter mixWeight;
    private final Parameter mixBias;
    private final Parameter scoreWeight;
    private final Parameter scoreBias;

    /**
     * What was written.
     *
     * @param joined [row][2 · width]: what attention brought, and the state
     * @param mixed [row][width]
     * @param scores [row][character]
     */
    record Writing(float[][] joined, float[][] mixed, float[][] scores) {}

    /** Gradients of what attention brought, and of the states. */
    record RowGradients(float[][] brought, float[][] states) {}

    Writer(Parameters parameters, int width) {
        this.width = width;
        int characters = Alphabet.WRITTEN.size();
        mixWeight = parameters.add("mix", 2 * width, width, 2 * width);
        mixBias = parameters.add("mix, bias", 1, width, 2 * width);
        scoreWeight = parameters.add("characters", width, characters, width);
        scoreBias = parameters.add("characters, bias", 1, characters, width);
    }

    /** All [row][width]. */
    Writing forward(float[][] brought, float[][] states) {
        float[][] joined = new float[states.length][2 * width];
        for (int i = 0; i < joined.length; i++) {
            System.arraycopy(brought[i], 0, joined[i], 0, width);
            System.arraycopy(states[i], 0, joined[i], width, width);
        }
        float[][] mixed = Rows.repeated(mixBias.row(), joined.length);
        Rows.addProduct(joined, mixWeight.values(), mixed);
        for (float[] row : mixed) {
            for (int j = 0; j < width; j++) {
                row[j] = Gru.tanh(row[j]);
            }
        }
        float[][] scores = Rows.repeated(scoreBias.row(), joined.length);
        Rows.addProduct(mixed, scoreWeight.values(), scores);
        return new Writing(joined, mixed, scores);
    }

    /**
     * The cross-entropy of the right characters is added to the loss.
     *
     * @param right the right character of each row
     */
    RowGradients backward(Writing writing, int[] right, Gradients gradients) {
        float[][] gradScores = new float[right.length][];
        for (int i = 0; i < right.length; i++) {
            gradScores[i] = gradScores(writing.scores[i], right[i], gradients);
        }
        Rows.addTransposedProduct(writing.mixed, gradScores, gradients.of(scoreWeight));
        Rows.addSum(gradScores, gradients.row(scoreBias));
        float[][] gradMixed = new float[right.length][width];
        Rows.addProduct(gradScores, Rows.transposed(scoreWeight.values()), gradMixed);
        for (int i = 0; i < right.length; i++) {
            for (int j = 0; j < width; j++) {
                gradMixed[i][j] *= 1 - writing.mixed[i][j] * writing.mixed[i][j];
            }
        }
        Rows.addTransposedProduct(writing.joined, gradMixed, gradients.of(mixWeight));
        Rows.addSum(gradMixed, gradients.row(mixBias));
        float[][] gradJoined = new float[right.length][2 * width];
        Rows.addProduct(gradMixed, Rows.transposed(mixWeight.values()), gradJoined);
        return parted(gradJoined);
    }

    private RowGradients parted(float[][] gradJoined) {
        RowGradients parts = new RowGradients(new float[gradJoined.length][width], new float[gradJoined.length][width]);
        for (int i = 0; i < gradJoined.length; i++) {
            System.arraycopy(gradJoined[i], 0, parts.brought[i], 0, width);
            System.arraycopy(gradJoined[i], width, parts.states[i], 0, width);
        }
        return parts;
    }

    /** Softmax less 1 at the right character. */
    private static float[] gradScores(float[] scores, int right, Gradients gradients) {
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        gradients.addLoss(Math.log(sum) - scores[right]);
        float[] grad = new float[scores.length];
        for (int j = 0; j < grad.length; j++) {
            grad[j] = (float) (Math.exp(scores[j]) / sum) - (j == right ? 1 : 0);
        }
        return grad;
    }
}
