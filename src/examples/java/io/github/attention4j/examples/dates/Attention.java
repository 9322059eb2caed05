package io.github.attention4j.examples.dates;

/** One head of attention with scale 1 over texts of different lengths; where it is computed is another's business. */
public interface Attention {
    /**
     * What goes in.
     *
     * @param queries rows of query for each text
     * @param keys rows of key and value for each text, padded
     * @param width columns of all rows
     * @param query [text, queries, width]
     * @param key [text, keys, width]
     * @param value [text, keys, width]
     * @param vector [width] for additive scores, or null for those of a dot product
     * @param keyLengths how many keys each text really has
     */
    record Inputs(
            int queries,
            int keys,
            int width,
            float[] query,
            float[] key,
            float[] value,
            float[] vector,
            int[] keyLengths) {
        int batch() {
            return keyLengths.length;
        }

        boolean isAdditive() {
            return vector != null;
        }
    }

    /**
     * What comes out.
     *
     * @param out [text, queries, width]
     * @param lse [text, queries]
     */
    record Outputs(float[] out, float[] lse) {}

    /** Gradients of the inputs of the same names; {@code vector} is null where there is none. */
    record InputGradients(float[] query, float[] key, float[] value, float[] vector) {}

    Outputs forward(Inputs inputs);

    InputGradients backward(Inputs inputs, Outputs outputs, float[] gradOut);

    /** Which share of each query's attention each key has: [text, queries, keys]. */
    float[] weights(Inputs inputs);
}
