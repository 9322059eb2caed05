package io.github.attention4j.bench.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contenders run, wrong answers are found, and one that fails is no answer. */
class EmbedRunTest {
    private static final List<String> TEXTS = List.of("a", "bb", "ccc");

    /** Vectors of a length and a letter; with an argument another letter for the last text, or none at all. */
    static final class Fake implements EmbedPeer {
        private final String fault;

        Fake(String fault) {
            this.fault = fault;
            if (fault.equals("fails")) {
                throw new IllegalStateException("there is\nno model");
            }
        }

        @Override
        public String version() {
            return "fake " + fault;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
            return texts.stream()
                    .map(text -> new float[] {text.length(), fault.equals("wrong") && text.equals("ccc") ? -1 : 1})
                    .toList();
        }
    }

    private static EmbedKind kind(String fault, boolean isEngine) {
        return isEngine
                ? new EmbedKind("engine", EncoderPeer.class.getName(), "no device F32 minilm", 1)
                : new EmbedKind(fault, Fake.class.getName(), fault, 0.99999);
    }

    @Test
    void eachIsTimedAndComparedWithTheFirst() throws IOException {
        int[] steps = {0};
        try (EmbedRun run = new EmbedRun(() -> steps[0]++)) {
            List<EmbedRow> rows = run.run(
                    List.of(kind("right", false), kind("wrong", false), kind("fails", false), kind("", true)),
                    TEXTS,
                    2);
            assertEquals(EmbedRun.steps(4, 2), steps[0]);
            assertTrue(rows.get(0).isRight());
            assertTrue(rows.get(0).textsMillis() > 0 && rows.get(0).oneMillis() > 0);
            assertEquals("fake right", rows.get(0).version());
            assertFalse(rows.get(1).isRight(), rows.toString());
            assertTrue(rows.get(2).isRight(), "a library may be absent");
            assertEquals(
                    "did not run: java.lang.IllegalStateException: there is no model",
                    rows.get(2).version());
            assertFalse(rows.get(3).isRight(), "the engine may not");
            String table = EmbedRow.table(rows, 6).text();
            assertTrue(table.contains("WRONG") && table.contains("fake wrong"), table);
        }
    }

    @Test
    void cosinesAreOfVectorsThatBelongTogether() {
        assertEquals(1, EmbedRun.leastCosine(new float[] {1, 0, 0, 2}, new float[] {2, 0, 0, 1}, 2), 1e-12);
        assertEquals(0, EmbedRun.leastCosine(new float[] {1, 0, 0, 2}, new float[] {2, 0, 1, 0}, 2), 1e-12);
        assertTrue(Double.isNaN(EmbedRun.leastCosine(new float[] {1}, new float[] {1, 2}, 1)));
        assertTrue(Double.isNaN(EmbedRun.leastCosine(new float[] {Float.NaN, 1}, new float[] {1, 2}, 1)));
    }

    @Test
    void sentencesAreTheDefinitions(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("data.noun"),
                "  1 the licence | of it\n0 entity | first one  \n1 thing | second\n2 x | third\n");
        assertEquals(
                List.of("first one", "second", "third"), Sentences.of(file, 10).subList(0, 3));
        assertEquals(List.of("first one"), Sentences.of(file, 1));
        String message = assertThrows(IllegalArgumentException.class, () -> Sentences.of(folder.resolve("none"), 1))
                .getMessage();
        assertTrue(message.contains("wordnet-base"), message);
    }
}
