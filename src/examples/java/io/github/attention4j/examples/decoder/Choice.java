package io.github.attention4j.examples.decoder;

/**
 * The token that suits best.
 *
 * @param token its id
 * @param lead by how much its score is above the next best: what is small may go the other way where sums are rounded otherwise
 */
public record Choice(int token, float lead) {
    /** Of the scores of all tokens; the first of equals. */
    static Choice of(float[] scores) {
        int best = 0;
        float second = Float.NEGATIVE_INFINITY;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                second = scores[best];
                best = i;
            } else {
                second = Math.max(second, scores[i]);
            }
        }
        return new Choice(best, scores[best] - second);
    }
}
