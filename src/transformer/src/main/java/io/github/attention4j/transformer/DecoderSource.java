package io.github.attention4j.transformer;

import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Where a decoder's files are. */
public final class DecoderSource {
    private final Opening opening;

    private interface Opening {
        DecoderFiles open() throws IOException;
    }

    private DecoderSource(Opening opening) {
        this.opening = opening;
    }

    /**
     * A folder as Hugging Face's libraries write it: {@code config.json}, {@code tokenizer.json}, and
     * {@code model.safetensors}, whole or in shards.
     */
    public static DecoderSource folder(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return new DecoderSource(() -> DecoderFiles.folder(folder));
    }

    /**
     * Such a folder on the class path, its weights in one file.
     *
     * @param folder such as {@code /models/small}
     */
    public static DecoderSource resources(String folder) {
        Objects.requireNonNull(folder, "folder");
        return new DecoderSource(() -> DecoderFiles.resources(folder));
    }

    /** Opens the files. */
    DecoderFiles open() throws IOException {
        return opening.open();
    }
}
