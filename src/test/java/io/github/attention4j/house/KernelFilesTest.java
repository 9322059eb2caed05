package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.operand.OperandText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * How the kernels are written: short bodies, includes by their path in {@code lib}, and one place each for scores,
 * weights and the walk.
 */
class KernelFilesTest {
    private static final Path KERNELS = Path.of("kernels");
    private static final Path LIBRARY = KERNELS.resolve("lib");
    private static final Pattern KERNEL =
            Pattern.compile("^(?:KERNEL|__kernel)\\b[^{]*\\{\n(.*?)^}", Pattern.MULTILINE | Pattern.DOTALL);
    private static final int LONGEST_BODY = 80;
    /** Kernels that are only for groups of more than one work-item. */
    private static final Pattern OF_SEVERAL_ITEMS =
            Pattern.compile("_(?:tiles|matrix|warpgroups|bulk|decode_rows)\\.cl$");

    @Test
    void bodiesFitAPage() throws IOException {
        int kernels = 0;
        for (Path file : files(".cl")) {
            Matcher bodies = KERNEL.matcher(Files.readString(file));
            while (bodies.find()) {
                kernels++;
                long lines = bodies.group(1).lines().count();
                assertTrue(lines <= LONGEST_BODY, file + ": the kernel's body has " + lines + " lines");
            }
        }
        assertTrue(kernels > 10, "kernels are not where this test looks: " + KERNELS.toAbsolutePath());
    }

    @Test
    void includesAreFilesOfTheLibrary() throws IOException {
        for (Path file : files(".cl", ".clh")) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("#include")) {
                    String name = line.split("\"")[1];
                    boolean exists = Files.exists(LIBRARY.resolve(name)) || name.equals(OperandText.FILE);
                    assertTrue(exists, file + " includes " + name);
                }
            }
        }
    }

    @Test
    void scoresAndWeightsAreMadeInOnePlace() throws IOException {
        assertEquals(
                List.of(),
                uses(
                        "\\b(?:score_(?:cap|alibi|add)|tanh_times)\\(",
                        "common/score.clh",
                        "common/tanh.clh",
                        "common/functions.clh"));
        assertEquals(List.of(), uses("(?:row_sum\\S*|\\*?sum) \\+= (?:weight|exponential)\\b", "common/softmax.clh"));
        assertEquals(
                List.of(),
                uses("\\b(?:start|tiles\\.begin) \\+=? TILE_KV\\b", "common/walk.clh", "matrix/left_out.clh"));
    }

    /** What is also compiled for groups of one work-item has no barrier there. */
    @Test
    void groupsOfOneItemHaveNoBarrier() throws IOException {
        int kernels = 0;
        for (Path file : files(".cl", ".clh")) {
            String source = Files.readString(file);
            if (source.contains("#include \"common/items.clh\"")) {
                kernels += file.toString().endsWith(".cl") ? 1 : 0;
                assertFalse(Pattern.compile("\\bbarrier\\(").matcher(source).find(), file + ": items_barrier");
            }
            if (KERNEL.matcher(source).find()
                    && !OF_SEVERAL_ITEMS.matcher(file.toString()).find()) {
                assertFalse(
                        source.contains("barrier(") && !source.contains("items_barrier("), file + ": items_barrier");
            }
        }
        assertTrue(kernels > 5, "kernels of one work-item are not where this test looks");
    }

    /** Lines with such a text, but for those of some files of the library. */
    private static List<String> uses(String text, String... allowed) throws IOException {
        Pattern pattern = Pattern.compile(text);
        List<String> found = new ArrayList<>();
        for (Path file : files(".cl", ".clh")) {
            boolean isAllowed = Stream.of(allowed).anyMatch(name -> file.equals(LIBRARY.resolve(name)));
            for (String line : Files.readAllLines(file)) {
                if (!isAllowed && pattern.matcher(line).find()) {
                    found.add(file + ": " + line.strip());
                }
            }
        }
        return found;
    }

    private static List<Path> files(String... endings) throws IOException {
        try (Stream<Path> found = Files.walk(KERNELS)) {
            return found.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }
}
