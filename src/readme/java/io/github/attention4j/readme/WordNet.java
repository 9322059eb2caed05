package io.github.attention4j.readme;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Real sentences: WordNet's glosses, of Debian's package wordnet-base. */
public final class WordNet {
    private static final Path NOUNS = Path.of("/usr/share/wordnet/data.noun");
    /** Few enough for a test. */
    private static final int EVERY = 160;

    private WordNet() {}

    /** A file like WordNet's, with its licence and every 160th of its nouns; without WordNet, the test is skipped. */
    public static Path someNouns(Path folder) throws IOException {
        assumeTrue(Files.exists(NOUNS), NOUNS + " is not there; install wordnet-base, or run native-test/setup test");
        List<String> some = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(NOUNS)) {
            if (line.startsWith("  ") || ++number % EVERY == 0) {
                some.add(line);
            }
        }
        return Files.write(folder.resolve("data.noun"), some);
    }

    /** The glosses of such a file. */
    public static List<String> glosses(Path nouns) throws IOException {
        return Files.readAllLines(nouns).stream()
                .filter(line -> line.contains(" | "))
                .map(line -> line.substring(line.indexOf(" | ") + 3).strip())
                .toList();
    }
}
