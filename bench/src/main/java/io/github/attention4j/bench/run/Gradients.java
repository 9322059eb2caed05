package io.github.attention4j.bench.run;

/**
 * The answer of a contender that computes gradients: those of query, key and value, one behind another, each [batch,
 * its heads, rows, columns].
 */
public final class Gradients {
    private Gradients() {}

    /** One behind another. */
    public static float[] joined(float[] query, float[] key, float[] value) {
        float[] all = new float[Math.addExact(Math.addExact(query.length, key.length), value.length)];
        System.arraycopy(query, 0, all, 0, query.length);
        System.arraycopy(key, 0, all, query.length, key.length);
        System.arraycopy(value, 0, all, query.length + key.length, value.length);
        return all;
    }
}
