package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The pieces of text that a model knows, each with its number: {@code model.vocab} of a {@code tokenizer.json}. */
public final class Vocabulary {
    private final Map<String, Integer> ids = new HashMap<>();
    private final String[] pieces;

    /** Of the whole file. */
    public Vocabulary(JsonNode tokenizer) {
        tokenizer
                .path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        pieces = new String
                [ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1];
        ids.forEach((piece, id) -> pieces[id] = piece);
    }

    /** The number of a piece, or null if the model does not know it. */
    public Integer id(String piece) {
        return ids.get(piece);
    }

    /** The piece with this number. */
    public String piece(int id) {
        return pieces[id];
    }

    /** One more than the largest number. */
    public int size() {
        return pieces.length;
    }
}
