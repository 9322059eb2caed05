package io.github.attention4j.readme;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The README of an artifact, and the programs in its tests that it quotes. */
public final class Readme {
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final int MOST_LINES = 10;

    private Readme() {}

    /** A program as the JVM starts it. */
    @FunctionalInterface
    public interface Program {
        /** Its main. */
        void main(String[] arguments) throws Exception;
    }

    /** All Java that the README of this folder shows is part of one of the programs, and short. */
    public static void assertQuotes(Class<?>... programs) throws IOException {
        List<String> sources = new ArrayList<>();
        for (Class<?> program : programs) {
            Path source = Path.of("src/test/java").resolve(program.getName().replace('.', '/') + ".java");
            sources.add(unindented(Files.readString(source)));
        }
        List<String> blocks = JAVA_BLOCK
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertFalse(blocks.isEmpty(), "the README has an example");
        for (String block : blocks) {
            assertTrue(block.lines().count() <= MOST_LINES, "more than " + MOST_LINES + " lines:\n" + block);
            assertTrue(
                    sources.stream().anyMatch(source -> source.contains(unindented(block))),
                    "part of none of the programs:\n" + block);
        }
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    /** The lines that a program prints. */
    public static List<String> lines(Program program, String... arguments) throws Exception {
        PrintStream standard = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(arguments);
        } finally {
            System.setOut(standard);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
