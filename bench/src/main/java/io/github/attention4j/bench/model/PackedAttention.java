package io.github.attention4j.bench.model;

import io.github.attention4j.AttentionSpec;

/**
 * The attention of a layer over inputs of one length, as an encoder shows it, in arrays of [batch, head, row, column].
 *
 * @param spec what was asked for
 * @param query of all inputs
 * @param key of all inputs
 * @param value of all inputs
 */
public record PackedAttention(AttentionSpec spec, float[] query, float[] key, float[] value) {
    private static final int PARTS = 3;

    /** @param packed [batch, row, query and key and value, head, column] */
    public static PackedAttention of(AttentionSpec spec, float[] packed) {
        return new PackedAttention(spec, part(spec, packed, 0), part(spec, packed, 1), part(spec, packed, 2));
    }

    private static float[] part(AttentionSpec spec, float[] packed, int part) {
        return headsFirst(spec, packed, PARTS, part);
    }

    /** @param out [batch, row, head, column], to be [batch, head, row, column] */
    public static float[] headsFirst(AttentionSpec spec, float[] out) {
        return headsFirst(spec, out, 1, 0);
    }

    private static float[] headsFirst(AttentionSpec spec, float[] rows, int parts, int part) {
        int heads = spec.heads();
        int length = spec.queryLength();
        int width = spec.headDim();
        float[] all = new float[rows.length / parts];
        for (int row = 0; row < spec.batch() * length; row++) {
            for (int head = 0; head < heads; head++) {
                int to = (row / length * heads + head) * length + row % length;
                System.arraycopy(rows, ((row * parts + part) * heads + head) * width, all, to * width, width);
            }
        }
        return all;
    }
}
