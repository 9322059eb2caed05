package io.github.attention4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.readme.Readme;
import io.github.attention4j.readme.WordNet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is a program's, and finds what it should. */
class NeighboursTest {
    @TempDir
    Path folder;

    @Test
    void theReadmeQuotesIt() throws Exception {
        Readme.assertQuotes(Neighbours.class);
    }

    @Test
    void aQuestionFindsGlossesWithoutItsWords() throws Exception {
        String nouns = WordNet.someNouns(folder).toString();
        List<String> found = Readme.lines(Neighbours::main, nouns, "a place where ships are safe");
        assertTrue(
                found.stream().anyMatch(gloss -> gloss.startsWith("the region adjacent to a boat dock")),
                () -> "" + found);
    }
}
