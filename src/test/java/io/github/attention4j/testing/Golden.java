package io.github.attention4j.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tensors of the real model as another implementation computed them.
 *
 * @param folder of .npy files, which may be absent
 */
public record Golden(Path folder) {
    /** A case, in the folder that holds {@code golden/}. */
    public static Golden of(Path shared, String name) {
        return new Golden(shared.resolve("golden").resolve(name));
    }

    /** Whether the case is there. */
    public boolean isPresent() {
        return Files.isDirectory(folder);
    }

    /** The texts, one input each. */
    public List<String> texts() {
        try {
            return Files.readAllLines(file("texts.txt")).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(folder + " holds texts.txt, which cannot be read", e);
        }
    }

    /** The token ids of each input, without the padding. */
    public int[][] inputs() {
        int width = read("input_ids").shape()[1];
        int[] ids = ids("input_ids");
        int[] keep = Files.exists(folder.resolve("attention_mask.npy")) ? ids("attention_mask") : null;
        return IntStream.range(0, ids.length / width)
                .map(i -> i * width)
                .mapToObj(from -> {
                    int end = from + width;
                    int kept = keep == null
                            ? width
                            : Arrays.stream(keep, from, end).sum();
                    return Arrays.copyOfRange(ids, from, from + kept);
                })
                .toArray(int[][]::new);
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
        return Npy.read(file(name + ".npy"));
    }

    private Path file(String name) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(folder + " must hold " + name + ", which cannot be read"
                    + "; give another folder with --shared, or one that does not exist to leave this check out");
        }
        return file;
    }
}
