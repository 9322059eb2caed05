package io.github.attention4j.bench.golden;

import io.github.attention4j.testing.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Tensors of the real model as another implementation computed them, in a folder of .npy files that may be absent. */
public final class Golden {
    private final Path folder;

    private Golden(Path folder) {
        this.folder = folder;
    }

    /**
     * One case.
     *
     * @param shared the folder that holds {@code golden/}
     * @param name the case's folder
     */
    public static Golden of(Path shared, String name) {
        return in(shared.resolve("golden").resolve(name));
    }

    /** The case whose files lie in this folder. */
    public static Golden in(Path folder) {
        return new Golden(folder);
    }

    /** Whether the case is there. */
    public boolean isPresent() {
        return Files.isDirectory(folder);
    }

    /** Where the case is, or should be. */
    public Path folder() {
        return folder;
    }

    /** The texts, one input each. */
    public List<String> texts() {
        try {
            return Files.readAllLines(folder.resolve("texts.txt")).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw unreadable("texts.txt", e);
        }
    }

    /** The token ids of each input, without the padding. */
    public int[][] inputs() {
        int[] shape = read("input_ids").shape();
        int[] ids = ids("input_ids");
        int[] keep = Files.exists(folder.resolve("attention_mask.npy")) ? ids("attention_mask") : null;
        int width = shape[1];
        int[][] inputs = new int[shape[0]][];
        for (int i = 0; i < inputs.length; i++) {
            int from = i * width;
            int length = keep == null
                    ? width
                    : Arrays.stream(keep, from, from + width).sum();
            inputs[i] = Arrays.copyOfRange(ids, from, from + length);
        }
        return inputs;
    }

    /** A float tensor, flat. */
    public float[] floats(String name) {
        return read(name).data();
    }

    /** A tensor of token ids, flat. */
    public int[] ids(String name) {
        float[] data = read(name).data();
        return IntStream.range(0, data.length).map(i -> (int) data[i]).toArray();
    }

    private Npy read(String name) {
        Path file = folder.resolve(name + ".npy");
        if (!Files.isRegularFile(file)) {
            throw unreadable(file.getFileName().toString(), null);
        }
        return Npy.read(file);
    }

    private IllegalStateException unreadable(String file, IOException cause) {
        return new IllegalStateException(
                folder + " must hold " + file + ", which cannot be read"
                        + (cause == null ? "" : " (" + cause.getMessage() + ")")
                        + "; give another folder with --shared, or one that does not exist to leave this check out",
                cause);
    }
}
