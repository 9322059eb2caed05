package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.files.SafetensorsFolder;
import io.github.attention4j.transformer.internal.files.Tensors;
import io.github.attention4j.transformer.internal.text.BytePairs;
import java.io.IOException;
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
        DecoderConfig config = DecoderConfig.of(new JsonFile(folder.resolve("config.json")));
        BytePairs tokenizer = new BytePairs(new JsonFile(folder.resolve("tokenizer.json")));
        if (tokenizer.size() > config.vocabulary()) {
            throw new IOException("the tokenizer has " + tokenizer.size() + " tokens, but the model only "
                    + config.vocabulary() + ": tokenizer.json belongs to another model");
        }
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return new DecoderFiles(
                name == null ? "model" : name.toString(), config, tokenizer, new SafetensorsFolder(folder));
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
