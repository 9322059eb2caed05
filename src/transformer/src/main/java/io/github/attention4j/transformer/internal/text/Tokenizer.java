package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;

/** Turns text into the pieces that an encoder reads. Immutable, so for many threads. */
public interface Tokenizer {
    /**
     * Of a {@code tokenizer.json}.
     *
     * @throws IOException if it is of another kind
     */
    static Tokenizer of(JsonFile file) throws IOException {
        JsonNode type = file.object("model").path("type");
        return switch (type.asText("WordPiece")) {
            case "WordPiece" -> new WordPiece(file);
            case "BPE" -> MarkedBytePairs.of(file);
            default ->
                throw file.wrong(
                        "model", "a WordPiece vocabulary or a byte-level BPE, as models of the BERT family do,");
        };
    }

    /** The ids of a text's pieces, without the marks of start and end. */
    int[] encode(String text);

    /**
     * What the model reads of a text: its pieces between the marks of start and end.
     *
     * @param most how many ids at most, at least 2
     */
    int[] read(String text, int most);

    /** {@code ids[from .. to)} between the marks of start and end. */
    int[] framed(int[] ids, int from, int to);

    /** The piece with this id. */
    String piece(int id);

    /** One more than the largest id. */
    int size();
}
