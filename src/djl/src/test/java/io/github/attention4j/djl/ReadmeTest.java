package io.github.attention4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.readme.Readme;
import io.github.attention4j.readme.WordNet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples are parts of programs, and these give what they should. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "needs DJL's build of PyTorch for this system")
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void theReadmeQuotesThem() throws Exception {
        Readme.assertQuotes(Attend.class, Neighbours.class);
    }

    @Test
    void attentionOverArrays() throws Exception {
        assertEquals(List.of("(1, 8, 200, 64)"), Readme.lines(Attend::main));
    }

    @Test
    void aQuestionAttendsToGlossesWithoutItsWords() throws Exception {
        String nouns = WordNet.someNouns(folder).toString();
        List<String> found = Readme.lines(Neighbours::main, nouns, "Where do people go to pray?");
        assertTrue(found.stream().anyMatch(gloss -> gloss.contains("journeys to a sacred place")), () -> "" + found);
    }
}
