package io.github.attention4j.bench.model;

/**
 * The attention weights of one head for one sentence.
 *
 * @param tokens the sentence
 * @param layer from 0
 * @param head from 0
 * @param matrix [query, key], rows sum to 1
 */
public record Weights(String[] tokens, int layer, int head, float[] matrix) {
    /** Which head this is. */
    public String title() {
        return "Layer " + layer + ", head " + head + " (counted from 0)";
    }
}
