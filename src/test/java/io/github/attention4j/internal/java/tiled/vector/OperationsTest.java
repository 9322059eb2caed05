package io.github.attention4j.internal.java.tiled.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many operations on vectors C2 compiles as one method: a log of all that it does says so. With too many it makes
 * objects of vectors, see {@link Apart}, but in some processes only, so that a test of speed or garbage rarely shows
 * it.
 */
class OperationsTest {
    /** Of those that do most, products with sums, 54 were the most that were always looked into in time. */
    private static final int MOST = 60;

    /**
     * Where more are no harm: behind a loop, of fewer nodes an operation, and loops that are compiled once more where
     * they practise.
     */
    private static final Set<String> MORE = Set.of("Transpose", "Practice");

    private static final Pattern TASK = Pattern.compile("<task .* method='(\\S+) (\\S+) ");
    private static final Pattern LATE = Pattern.compile("<late_inline method='(\\d+)'");
    private static final Pattern METHOD = Pattern.compile("<method id='(\\d+)' holder='(\\d+)'");
    private static final Pattern CLASS = Pattern.compile("<klass id='(\\d+)' name='(\\S+)'");

    @Test
    void noLoopHasMoreThanC2LooksInto(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("compilation.log");
        Jvm.Result result = new Jvm()
                .option("--add-modules", "jdk.incubator.vector", "-Xmx1g", "-XX:+UnlockDiagnosticVMOptions")
                .option("-Xbatch") // else C2 may be so late, beside other work, that the calls end before it begins
                .option("-XX:+LogCompilation", "-XX:LogFile=" + log)
                .run(EveryLoop.class);
        assertEquals(0, result.exit(), result::toString);
        Map<String, Integer> operations = operations(log);
        assertTrue(operations.containsKey("VectorSoftmax.toWeights"), operations::toString);
        for (String tile : List.of("ScoreTile.multiply", "ValueTile.multiply")) {
            boolean isThere = operations.containsKey(tile) || operations.containsKey("Wide" + tile);
            assertTrue(isThere, () -> "no " + tile + " in " + operations);
        }
        operations.keySet().removeIf(method -> MORE.contains(method.replaceAll("[./$].*", "")));
        operations.values().removeIf(count -> count <= MOST);
        assertEquals(Map.of(), operations);
    }

    /** For each method of this package that C2 has compiled, with all that is compiled into it. */
    private static Map<String, Integer> operations(Path log) throws IOException {
        Map<String, Integer> most = new TreeMap<>();
        Task task = new Task();
        try (Stream<String> lines = Files.lines(log)) {
            lines.forEach(line -> task.read(line, most));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return most;
    }

    private static final class Task {
        private final Set<String> classes = new HashSet<>();
        private final Set<String> methods = new HashSet<>();
        private String method;
        private int operations;

        void read(String line, Map<String, Integer> most) {
            Matcher found = TASK.matcher(line);
            if (found.find()) {
                String holder = found.group(1).replace(EveryLoop.class.getPackageName() + ".", "");
                boolean counts = !holder.equals(found.group(1)) && !line.contains(" level='"); // which C1's have
                method = counts ? holder + "." + found.group(2) : null;
                operations = 0;
                classes.clear();
                methods.clear();
            } else if (method == null) {
                return;
            } else if ((found = CLASS.matcher(line)).find()) {
                if (found.group(2).endsWith("VectorSupport")) {
                    classes.add(found.group(1));
                }
            } else if ((found = METHOD.matcher(line)).find()) {
                if (classes.contains(found.group(2))) {
                    methods.add(found.group(1));
                }
            } else if ((found = LATE.matcher(line)).find()) {
                operations += methods.contains(found.group(1)) ? 1 : 0;
            } else if (line.startsWith("</task") && operations > 0) {
                most.merge(method, operations, Math::max);
            }
        }
    }
}
