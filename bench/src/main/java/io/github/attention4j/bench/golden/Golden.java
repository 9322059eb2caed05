package io.github.attention4j.bench.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.openlca.npy.Npy;
import org.openlca.npy.NpyArray;

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
        int[][] ids = Arrays.stream(longRows("input_ids"))
                .map(row -> Arrays.stream(row).mapToInt(Math::toIntExact).toArray())
                .toArray(int[][]::new);
        if (!Files.exists(folder.resolve("attention_mask.npy"))) {
            return ids;
        }
        long[][] keep = longRows("attention_mask");
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Arrays.copyOf(ids[i], (int) Arrays.stream(keep[i]).sum());
        }
        return ids;
    }

    /** A float tensor, flat. */
    public float[] floats(String name) {
        return read(name).asFloatArray().data();
    }

    /** A tensor of token ids, flat. */
    public int[] ids(String name) {
        return Arrays.stream(read(name).asLongArray().data())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** The shape of a tensor. */
    public int[] shape(String name) {
        return read(name).shape();
    }

    private long[][] longRows(String name) {
        NpyArray<?> array = read(name);
        long[] all = array.asLongArray().data();
        int width = array.shape()[1];
        long[][] rows = new long[array.shape()[0]][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
        return rows;
    }

    private NpyArray<?> read(String name) {
        Path file = folder.resolve(name + ".npy");
        if (!Files.isRegularFile(file)) {
            throw unreadable(file.getFileName().toString(), null);
        }
        return Npy.read(file.toFile());
    }

    private IllegalStateException unreadable(String file, IOException cause) {
        return new IllegalStateException(
                folder + " must hold " + file + ", which cannot be read"
                        + (cause == null ? "" : " (" + cause.getMessage() + ")")
                        + "; give another folder with --shared, or one that does not exist to leave this check out",
                cause);
    }
}
