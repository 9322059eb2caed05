package io.github.attention4j.transformer.internal.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights in a folder: {@code model.safetensors}, or the files that {@code model.safetensors.index.json} names,
 * opened when a tensor of theirs is asked for.
 */
public final class SafetensorsFolder implements Tensors {
    private static final String WHOLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    /** The file of each tensor, or null if there is only one file. */
    private final Map<String, String> index;

    private final Map<String, SafetensorsFile> open = new HashMap<>();

    /**
     * Looks what is there.
     *
     * @throws IOException if there are no weights, or they cannot be read
     */
    public SafetensorsFolder(Path folder) throws IOException {
        this.folder = folder;
        if (Files.exists(folder.resolve(WHOLE))) {
            index = null;
            file(WHOLE);
        } else if (Files.exists(folder.resolve(INDEX))) {
            index = new TreeMap<>();
            for (var entry :
                    new JsonFile(folder.resolve(INDEX)).object("weight_map").properties()) {
                index.put(entry.getKey(), fileName(entry.getKey(), entry.getValue()));
            }
        } else {
            throw new IOException(folder + " must hold " + WHOLE + " or " + INDEX + ", but has neither"
                    + (Files.exists(folder.resolve("pytorch_model.bin"))
                            ? "; pytorch_model.bin is not read, save the model as safetensors"
                            : ""));
        }
    }

    /** A name from the index must be one of the folder itself. */
    private String fileName(String tensor, JsonNode value) throws IOException {
        String name = value.asText();
        if (!value.isTextual() || !name.matches("[A-Za-z0-9._-]+\\.safetensors") || name.startsWith(".")) {
            throw new IOException(INDEX + " in " + folder + " must name a .safetensors file of the folder for " + tensor
                    + ", but has " + value);
        }
        return name;
    }

    private SafetensorsFile file(String name) throws IOException {
        SafetensorsFile file = open.get(name);
        if (file == null) {
            file = new SafetensorsFile(folder.resolve(name));
            open.put(name, file);
        }
        return file;
    }

    @Override
    public boolean has(String tensor) {
        return index == null ? open.get(WHOLE).has(tensor) : index.containsKey(tensor);
    }

    @Override
    public int elements(String tensor, int... shape) throws IOException {
        return fileOf(tensor).elements(tensor, shape);
    }

    @Override
    public void read(String tensor, float[] to, int at, int... shape) throws IOException {
        fileOf(tensor).read(tensor, to, at, shape);
    }

    private SafetensorsFile fileOf(String tensor) throws IOException {
        String name = index == null ? WHOLE : index.get(tensor);
        if (name == null) {
            throw new IOException(INDEX + " in " + folder + " names no file for tensor " + tensor);
        }
        return file(name);
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsFile file : open.values()) {
            file.close();
        }
    }
}
