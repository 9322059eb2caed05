package io.github.attention4j.bench.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Real sentences of mixed lengths: definitions of nouns from WordNet, a Debian package. */
public final class Sentences {
    /** Where the package puts them. */
    public static final Path WORDNET = Path.of("/usr/share/wordnet/data.noun");

    private static final String LICENCE = "  ";

    private Sentences() {}

    /**
     * So many, evenly from the whole file.
     *
     * @throws IllegalArgumentException if the file is not there
     */
    public static List<String> of(Path wordNet, int count) throws IOException {
        if (!Files.exists(wordNet)) {
            throw new IllegalArgumentException("the texts are WordNet's, but there is no " + wordNet
                    + "; install the Debian package wordnet-base");
        }
        try (Stream<String> lines = Files.lines(wordNet)) {
            List<String> all = lines.filter(line -> !line.startsWith(LICENCE))
                    .map(line -> line.substring(line.indexOf('|') + 1).trim())
                    .toList();
            List<String> some = new ArrayList<>();
            int taken = Math.min(count, all.size());
            for (int i = 0; i < taken; i++) {
                some.add(all.get((int) ((long) i * all.size() / taken)));
            }
            return some;
        }
    }
}
