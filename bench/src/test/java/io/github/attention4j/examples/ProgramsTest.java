package io.github.attention4j.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.examples.models.Encode;
import io.github.attention4j.examples.models.Generate;
import io.github.attention4j.examples.models.Neighbours;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two larger example programs, from beginning to end. */
class ProgramsTest {
    private interface Program {
        void main(String[] arguments) throws IOException;
    }

    @Test
    void encodeFindsTheTwoSentencesOfOneMeaning() throws IOException {
        String[] lines = printed(Encode::main).split("\\R");
        String[] first = lines[1].strip().split("\\s+", 4);
        assertTrue(Double.parseDouble(first[0]) == 1, lines[1]);
        assertTrue(Double.parseDouble(first[1]) > 0.5 + Double.parseDouble(first[2]), lines[1]);
        assertTrue(lines[1].endsWith("stove."), lines[1]);
    }

    @Test
    void encodeTakesSentences() throws IOException {
        String[] lines = printed(Encode::main, "One.", "Another.").split("\\R");
        assertTrue(lines.length == 3 && lines[2].endsWith("  Another."), lines[2]);
    }

    @Test
    void neighboursAreNearInMeaning(@TempDir Path folder) throws IOException {
        Path texts = Files.write(
                folder.resolve("texts.txt"),
                List.of(
                        "an instrument for measuring temperature",
                        "a harbour where ships lie at anchor",
                        "the act of singing in a choir",
                        "a fee for the use of a road",
                        "a small bird that sings at night",
                        "a rule of grammar"));
        String[] lines = printed(Neighbours::main, texts.toString(), "where boats are safe")
                .split("\\R");
        assertTrue(lines.length == 5 && lines[0].contains("harbour"), String.join("\n", lines));
    }

    @Test
    void generateGoesOnWithAText() throws IOException {
        String text = printed(Generate::main, "It", "was");
        assertTrue(text.matches("(?s)It was.{200,} tokens a second\\R"), text);
    }

    private static String printed(Program program, String... arguments) throws IOException {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(arguments);
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
