package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The package of the pure-Java path writes down which of its classes are twins of which kernel files: both must be
 * there.
 */
class TwinsTest {
    private static final Path JAVA = Path.of("src/main/java/io/github/attention4j/internal/java");
    private static final Path KERNELS = Path.of("kernels");

    @Test
    void filesClassesAndFunctionsThatAreWrittenDownExist() throws IOException {
        List<String> words = Pattern.compile("\\{@code ([^}]+)}")
                .matcher(Files.readString(JAVA.resolve("package-info.java")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertTrue(words.contains("softmax.clh") && words.contains("steps.Softmax"), words.toString());
        for (String word : words) {
            String name = word.substring(word.lastIndexOf('.') + 1);
            boolean exists = word.endsWith(".clh")
                    ? isFile(KERNELS, word)
                    : Character.isUpperCase(name.charAt(0))
                            ? isFile(JAVA, name + ".java")
                            : Files.isDirectory(JAVA.resolve(word)) || isInAKernel(word);
            assertTrue(exists, "there is no " + word);
        }
    }

    private static boolean isFile(Path root, String name) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.anyMatch(file -> file.endsWith(name));
        }
    }

    private static boolean isInAKernel(String function) throws IOException {
        try (Stream<Path> files = Files.walk(KERNELS)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".clh")).toList()) {
                if (Files.readString(file).contains(function + "(")) {
                    return true;
                }
            }
            return false;
        }
    }
}
