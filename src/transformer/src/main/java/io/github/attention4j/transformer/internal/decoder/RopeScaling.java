package io.github.attention4j.transformer.internal.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.Rotary;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;

/**
 * How a model that was trained on short texts turns its rows more slowly, so that it can read longer ones.
 *
 * @param kind by which rule
 * @param factor by how much more slowly
 * @param low of {@link Kind#LLAMA3}: pairs that turn fewer times than this in a text of the old length turn more slowly
 * @param high likewise: pairs that turn more often than this stay as they are; those between are blended
 * @param oldLength likewise: tokens of the texts that the model was first trained on
 */
record RopeScaling(Kind kind, double factor, double low, double high, int oldLength) {
    static final RopeScaling NONE = new RopeScaling(Kind.DEFAULT, 1, 0, 0, 0);

    private static final int LONGEST = 1 << 24;

    /** The rules, as config.json calls them. */
    enum Kind {
        DEFAULT,
        LINEAR,
        LLAMA3
    }

    /**
     * Of a config.json.
     *
     * @throws IOException if it has another rule, or its numbers make no sense
     */
    static RopeScaling of(JsonFile config) throws IOException {
        String field = field(config.root());
        if (field == null) {
            return NONE;
        }
        JsonFile rope = config.part(field);
        String kind = rope.text("rope_type", rope.text("type", "none"));
        switch (kind) {
            case "default":
                return NONE;
            case "linear":
                return new RopeScaling(Kind.LINEAR, rope.positive("factor"), 0, 0, 0);
            case "llama3":
                RopeScaling scaling = new RopeScaling(
                        Kind.LLAMA3,
                        rope.positive("factor"),
                        rope.positive("low_freq_factor"),
                        rope.positive("high_freq_factor"),
                        rope.integer("original_max_position_embeddings", 1, LONGEST));
                if (scaling.low >= scaling.high) {
                    throw rope.wrong("high_freq_factor", "more than low_freq_factor=" + scaling.low);
                }
                return scaling;
            default:
                throw config.wrong(field, "rope_type default, linear or llama3");
        }
    }

    /** Where config.json says it; null if nowhere. */
    static String field(JsonNode config) {
        return config.hasNonNull("rope_parameters")
                ? "rope_parameters"
                : config.hasNonNull("rope_scaling") ? "rope_scaling" : null;
    }

    /** cos(position · frequency) for every position and pair. */
    float[] cosines(Rotary rotary, double base) {
        return kind == Kind.DEFAULT ? rotary.cosines(base) : table(rotary, base, true);
    }

    /** The sines that belong to {@link #cosines}. */
    float[] sines(Rotary rotary, double base) {
        return kind == Kind.DEFAULT ? rotary.sines(base) : table(rotary, base, false);
    }

    private float[] table(Rotary rotary, double base, boolean cosine) {
        int pairs = rotary.dim() / 2;
        float[] table = new float[Math.multiplyExact(rotary.positions(), pairs)];
        for (int pair = 0; pair < pairs; pair++) {
            double frequency = scaled(Math.pow(base, -2.0 * pair / rotary.dim()));
            for (int position = 0; position < rotary.positions(); position++) {
                double angle = position * frequency;
                table[position * pairs + pair] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return table;
    }

    /** An angle a position, scaled. */
    private double scaled(double frequency) {
        if (kind == Kind.LINEAR) {
            return frequency / factor;
        }
        double turns = oldLength * frequency / (2 * Math.PI);
        double kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
        return (1 - kept) * frequency / factor + kept * frequency;
    }
}
