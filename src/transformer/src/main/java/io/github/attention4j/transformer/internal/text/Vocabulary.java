package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The pieces of text that a model knows, each with its number: {@code model.vocab} of a {@code tokenizer.json}. */
public final class Vocabulary {
    private static final int MOST = 1 << 24;

    private final Map<String, Integer> ids = new HashMap<>();
    private final String[] pieces;

    /**
     * Of the whole file.
     *
     * @throws IOException if a piece has no sensible number
     */
    public Vocabulary(JsonNode tokenizer) throws IOException {
        int size = 0;
        for (var entry : tokenizer.path("model").path("vocab").properties()) {
            JsonNode id = entry.getValue();
            if (!id.isInt() || id.asInt() < 0 || id.asInt() >= MOST) {
                throw new IOException("pieces in tokenizer.json must have numbers from 0 to " + (MOST - 1) + ", but "
                        + entry.getKey() + " has " + id);
            }
            ids.put(entry.getKey(), id.asInt());
            size = Math.max(size, id.asInt() + 1);
        }
        pieces = new String[size];
        ids.forEach((piece, id) -> pieces[id] = piece);
    }

    /** The number of a piece, or null if the model does not know it. */
    public Integer id(String piece) {
        return ids.get(piece);
    }

    /** The piece with this number, or null if there is none. */
    public String piece(int id) {
        return pieces[id];
    }

    /** One more than the largest number. */
    public int size() {
        return pieces.length;
    }
}
