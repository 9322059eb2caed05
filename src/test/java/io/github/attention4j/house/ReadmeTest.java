package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README says is true: its examples compile and run, and its commands and files are there.
 *
 * <p>A Java block is the body of a method {@code example(float[] query, float[] key, float[] value)}; the arrays get the size of the spec that
 * the block builds. A block that begins with an import is a whole file instead, and its {@code main} runs.
 */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern SPEC_SIZE = Pattern.compile(
            "\\.(batch|heads|kvHeads|sequenceLength|queryLength|keyLength|headDim|valueDim)\\((\\d+)\\)");
    private static final Pattern COMMAND = Pattern.compile("\\b(?:native-test|bench)/(?:run|setup)\\b");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");
    /** A path from the root, as "/etc/OpenCL/vendors"; not the end of "bench/run" or of an address. */
    private static final Pattern ABSOLUTE_PATH =
            Pattern.compile("(?<![\\w/.:<>)])/[A-Za-z][\\w.-]*(?:/[\\w.-]*)*|[A-Z]:\\\\\\w+");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> every_example_compiles_and_runs() throws IOException {
        List<String> blocks = JAVA_BLOCK
                .matcher(readme())
                .results()
                .map(block -> block.group(1))
                .toList();
        assertTrue(blocks.size() >= 2, "the README has an example for newcomers and one for experts");
        return IntStream.range(0, blocks.size())
                .mapToObj(i ->
                        DynamicTest.dynamicTest("example " + (i + 1), () -> run("Example" + (i + 1), blocks.get(i))));
    }

    @Test
    void theCommandsAreThereAndCanBeRun() throws IOException {
        TreeSet<String> commands = new TreeSet<>(
                COMMAND.matcher(readme()).results().map(MatchResult::group).toList());
        assertTrue(commands.containsAll(List.of("bench/run", "native-test/run")), "the README names both commands");
        List<String> missing = commands.stream()
                .filter(command -> !Files.isExecutable(Path.of(command)))
                .toList();
        assertEquals(List.of(), missing, "not there, or not executable");
    }

    @Test
    void linksLeadToFilesThatAreThere() throws IOException {
        List<String> broken = LINK.matcher(readme())
                .results()
                .map(link -> link.group(1))
                .filter(file -> !Files.exists(Path.of(file)))
                .toList();
        assertEquals(List.of(), broken);
    }

    @Test
    void noPathOfSomebodysOwnMachineIsNamed() throws IOException {
        List<String> paths = ABSOLUTE_PATH
                .matcher(readme())
                .results()
                .map(MatchResult::group)
                .filter(path -> !path.startsWith("/etc/") && !path.startsWith("/usr/"))
                .toList();
        assertEquals(List.of(), paths);
    }

    private void run(String name, String block) throws Exception {
        boolean isWholeFile = block.startsWith("import ");
        String className = isWholeFile ? classIn(block) : name;
        String source = isWholeFile ? block : """
                import io.github.attention4j.*;
                import java.nio.*;

                public class %s {
                  public static void example(float[] query, float[] key, float[] value) throws Exception {
                %s
                  }
                }
                """.formatted(name, block);
        compile(className, source);
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] path = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Class<?> example = loader.loadClass(className);
            if (isWholeFile) {
                example.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            } else {
                AttentionSpec spec = specIn(block);
                Method method = example.getMethod("example", float[].class, float[].class, float[].class);
                method.invoke(null, data(spec.queryElements()), data(spec.keyElements()), data(spec.valueElements()));
            }
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            System.setOut(console);
        }
        assertEquals(
                block.contains("System.out"),
                printed.size() > 0,
                "printed: " + printed.toString(StandardCharsets.UTF_8));
    }

    private void compile(String className, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(className + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "these tests need a JDK, not only a runtime");
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            StringWriter messages = new StringWriter();
            List<String> options =
                    List.of("-classpath", System.getProperty("java.class.path"), "-d", folder.toString(), "-proc:none");
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            assertTrue(compiled, () -> messages + "\n" + source);
        }
    }

    private static String classIn(String source) {
        Matcher matcher = Pattern.compile("\\bclass (\\w+)").matcher(source);
        assertTrue(matcher.find(), "a block that begins with an import has a class");
        return matcher.group(1);
    }

    /** The shapes of the spec that a block builds; what else it says does not change the size of the arrays. */
    private static AttentionSpec specIn(String block) {
        Map<String, Integer> sizes = new HashMap<>();
        SPEC_SIZE.matcher(block).results().forEach(size -> sizes.put(size.group(1), Integer.valueOf(size.group(2))));
        int length = sizes.getOrDefault("sequenceLength", 1);
        int heads = sizes.get("heads");
        int headDim = sizes.get("headDim");
        return AttentionSpec.builder()
                .batch(sizes.getOrDefault("batch", 1))
                .heads(heads)
                .kvHeads(sizes.getOrDefault("kvHeads", heads))
                .queryLength(sizes.getOrDefault("queryLength", length))
                .keyLength(sizes.getOrDefault("keyLength", length))
                .headDim(headDim)
                .valueDim(sizes.getOrDefault("valueDim", headDim))
                .build();
    }

    private static float[] data(long elements) {
        Random random = new Random(elements);
        float[] data = new float[Math.toIntExact(elements)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat() - 0.5f;
        }
        return data;
    }

    private static String readme() throws IOException {
        return Files.readString(README);
    }
}
