package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of place: who may know whom. Read from the source text, so that fully qualified names count as well as imports. */
class ImportRulesTest {
    private static final Path ROOT = Path.of("src/main/java");
    private static final String US = "io.github.attention4j";
    private static final String JOCL = "org.jocl";
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    /** A qualified name of a package of ours or JOCL's, up to the class. */
    private static final Pattern NAME =
            Pattern.compile("\\b(?:io\\.github\\.attention4j|org\\.jocl)(?:\\.[a-z_0-9]+)*(?:\\.(?:[A-Z]\\w*|\\*))?");

    /** One source file: its package without our prefix ("internal.java", or "" for the public API), and what it names. */
    private record Source(Path file, String place, Set<String> names) {
        private static Source read(Path file) {
            try {
                String place = ROOT.resolve(US.replace('.', '/'))
                        .relativize(file.getParent())
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), ".");
                return new Source(file, place, namesIn(Files.readString(file)));
            } catch (IOException e) {
                throw new IllegalStateException("cannot read " + file, e);
            }
        }

        private Stream<String> offences(Predicate<String> forbidden) {
            return names.stream().filter(forbidden).map(name -> file + " names " + name);
        }
    }

    @Test
    void onlyTheOpenclPackageKnowsJocl() {
        forbid(source -> !isIn(source, "internal.opencl") && !isEngine(source), name -> name.startsWith(JOCL));
    }

    @Test
    void theEngineKnowsOfJoclOnlyTheContextAndTheQueueThatACallerMayOwn() {
        forbid(
                ImportRulesTest::isEngine,
                name -> name.startsWith(JOCL)
                        && !Set.of("org.jocl.cl_context", "org.jocl.cl_command_queue")
                                .contains(name));
    }

    @Test
    void planningKnowsNoImplementation() {
        forbid(
                source -> isIn(source, "internal.plan"),
                name -> isOf("internal.opencl", name) || isOf("internal.java", name));
    }

    @Test
    void whatIsKnownAboutHardwareIsDataThatKnowsNobody() {
        forbid(
                source -> isIn(source, "internal.device"),
                name -> isOf("internal", name) && !isOf("internal.device", name));
    }

    @Test
    void theJavaPathDoesNotKnowTheOpenclPath() {
        forbid(source -> isIn(source, "internal.java"), name -> isOf("internal.opencl", name));
    }

    @Test
    void theRoomsOfTheJavaPathKnowOnlyThoseBelowThem() {
        String java = "internal.java.";
        Map<String, Set<String>> below = Map.of(
                java + "threads", Set.of(),
                java + "memory", Set.of("threads"),
                java + "steps", Set.of("threads", "memory"),
                java + "reference", Set.of("threads", "memory", "steps"),
                java + "tiled", Set.of("threads", "memory", "steps"),
                java + "tiled.vector", Set.of("threads", "memory", "steps", "tiled"));
        below.forEach((room, known) -> forbid(
                source -> source.place().equals(room),
                name -> isOf("internal.java", name)
                        && !isOf(room, name)
                        && known.stream().noneMatch(each -> name.matches(US + "." + java + each + "\\.[A-Z]\\w*"))));
    }

    @Test
    void theOpenclPathDoesNotKnowTheJavaPath() {
        forbid(source -> isIn(source, "internal.opencl"), name -> isOf("internal.java", name));
    }

    @Test
    void thePublicApiEntersTheInsideByItsDoorsOnly() {
        Set<String> doors = Set.of(
                US + ".internal.Backend",
                US + ".internal.Backends",
                US + ".internal.Diagnosis",
                US + ".internal.DependencyJars",
                US + ".internal.ArrayShapes",
                US + ".internal.HostBuffers",
                US + ".internal.MergeCall",
                US + ".internal.RotateCall",
                US + ".internal.Shapes",
                US + ".internal.Sizes",
                US + ".internal.disk.CacheFolder",
                US + ".internal.cache.KvCall",
                US + ".internal.cache.KvStore",
                US + ".internal.cache.Sequences",
                US + ".internal.device.Quirks",
                US + ".internal.operand.Dimension",
                US + ".internal.operand.OperandRow",
                US + ".internal.operand.OperandTable",
                US + ".internal.operand.Role",
                US + ".internal.operand.TypeRule",
                US + ".internal.opencl.OpenClBackend",
                US + ".internal.split.PlannedCalls");
        forbid(source -> source.place().isEmpty(), name -> isOf("internal", name) && !doors.contains(name));
    }

    @Test
    void namesAreFoundInImportsAndInCodeButNotInComments() {
        String source = """
                package io.github.attention4j;
                /** {@link org.jocl.CL} */
                import io.github.attention4j.internal.java.JavaBackend;
                import org.jocl.*;
                import static io.github.attention4j.Mask.none; // org.jocl.CL
                class A { org.jocl.cl_mem b = io.github.attention4j.internal.opencl.OpenCl.make(); }
                """;
        assertEquals(
                Set.of(
                        US,
                        US + ".internal.java.JavaBackend",
                        "org.jocl.*",
                        US + ".Mask",
                        "org.jocl.cl_mem",
                        US + ".internal.opencl.OpenCl"),
                namesIn(source));
    }

    private static void forbid(Predicate<Source> where, Predicate<String> forbidden) {
        List<Source> sources = sources().stream().filter(where).toList();
        List<String> offences =
                sources.stream().flatMap(source -> source.offences(forbidden)).toList();
        assertTrue(offences.isEmpty(), () -> String.join("\n", offences));
    }

    private static List<Source> sources() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Source> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Source::read)
                    .toList();
            assertTrue(sources.size() > 15, "the sources are not where this test looks: " + ROOT.toAbsolutePath());
            return sources;
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + ROOT.toAbsolutePath(), e);
        }
    }

    private static Set<String> namesIn(String source) {
        return NAME.matcher(COMMENT.matcher(source).replaceAll(""))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOf(String place, String name) {
        return (name + ".").startsWith(US + "." + place + ".");
    }

    private static boolean isIn(Source source, String place) {
        return (source.place() + ".").startsWith(place + ".");
    }

    private static boolean isEngine(Source source) {
        return source.place().isEmpty() && source.file().endsWith("AttentionEngine.java");
    }
}
