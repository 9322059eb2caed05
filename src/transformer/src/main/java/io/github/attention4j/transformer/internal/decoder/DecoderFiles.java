package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.files.Resources;
import io.github.attention4j.transformer.internal.files.SafetensorsFile;
import io.github.attention4j.transformer.internal.files.SafetensorsFolder;
import io.github.attention4j.transformer.internal.files.Tensors;
import io.github.attention4j.transformer.internal.text.BytePairs;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;

/**
 * All that a decoder is made from.
 *
 * @param name what the model is called
 * @param config its sizes
 * @param tokenizer its vocabulary
 * @param tensors its weights
 */
public record DecoderFiles(String name, DecoderConfig config, BytePairs tokenizer, Tensors tensors)
        implements AutoCloseable {
    /**
     * Of a folder as Hugging Face's libraries write it.
     *
     * @throws IOException if a file is missing, damaged, or of a model of another kind
     */
    public static DecoderFiles folder(Path folder) throws IOException {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return of(
                name == null ? "model" : name.toString(),
                new JsonFile(folder.resolve("config.json")),
                new JsonFile(folder.resolve("tokenizer.json")),
                () -> new SafetensorsFolder(folder));
    }

    /**
     * Of such a folder on the class path, its weights in one file.
     *
     * @param folder such as {@code /models/small}
     * @throws IOException if a file is missing, damaged, or of a model of another kind
     */
    public static DecoderFiles resources(String folder) throws IOException {
        return of(
                folder.substring(folder.lastIndexOf('/') + 1),
                new JsonFile("config.json", resource(folder + "/config.json")),
                new JsonFile("tokenizer.json", resource(folder + "/tokenizer.json")),
                () -> new SafetensorsFile("model.safetensors", resource(folder + "/model.safetensors")));
    }

    private interface Weights {
        Tensors open() throws IOException;
    }

    private static DecoderFiles of(String name, JsonFile sizes, JsonFile pieces, Weights weights) throws IOException {
        DecoderConfig config = DecoderConfig.of(sizes);
        BytePairs tokenizer = new BytePairs(pieces);
        if (tokenizer.size() > config.vocabulary()) {
            throw new IOException("the tokenizer has " + tokenizer.size() + " tokens, but the model only "
                    + config.vocabulary() + ": tokenizer.json belongs to another model");
        }
        return new DecoderFiles(name, config, tokenizer, weights.open());
    }

    private static byte[] resource(String path) throws IOException {
        URL url = DecoderFiles.class.getResource(path);
        if (url == null) {
            throw new IOException(path + " is not on the class path");
        }
        return Resources.read(url);
    }

    /** The same model with weights from elsewhere; those here are closed. */
    public DecoderFiles withTensors(Tensors tensors) throws IOException {
        close();
        return new DecoderFiles(name, config, tokenizer, tensors);
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
