package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A home folder, or another place to keep something in, that makes no sense: engines open, say so once and leave
 * nothing anywhere.
 */
class OddFoldersTest {
    private static final String WARNING = "No compiled programs are kept on disk";

    @TempDir
    Path temporary;

    private Path working;

    @BeforeEach
    void startInAnEmptyFolder() throws Exception {
        working = Files.createDirectory(temporary.resolve("working"));
    }

    /** Opens a device twice, computes, and says so. */
    public static final class Computes {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try (AttentionEngine engine =
                        args.length == 0 ? AttentionEngine.open() : AttentionEngine.open(args[0])) {
                    AttentionSpec spec = AttentionSpec.builder()
                            .heads(1)
                            .sequenceLength(3)
                            .headDim(4)
                            .build();
                    float[] ones = new float[12];
                    Arrays.fill(ones, 1);
                    System.out.println(Arrays.equals(ones, engine.attend(spec, ones, ones, ones)) ? "right" : "wrong");
                    System.out.println(engine.device().type());
                }
            }
        }
    }

    /** In a locale that knows few letters, and with nothing said about places. */
    private Jvm jvm(String... options) {
        return new Jvm()
                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
                .option(options)
                .environment("LC_ALL", "C")
                .environment("XDG_CACHE_HOME", null)
                .in(working);
    }

    /** It computed, warned exactly once, and wrote nothing beside what was there. */
    private void assertWarnedOnce(Jvm.Result result, String reason) throws Exception {
        assertEquals(
                2, result.out().lines().filter(line -> line.equals("right")).count(), result.toString());
        assertEquals(
                1, result.err().lines().filter(line -> line.contains(WARNING)).count(), result.toString());
        assertTrue(result.err().contains(reason), result.toString());
        assertNothingWritten();
    }

    private void assertNothingWritten() throws Exception {
        try (Stream<Path> files = Files.walk(temporary)) {
            assertEquals(List.of(temporary, working), files.sorted().toList());
        }
    }

    @Test
    void aHomeFolderWithLettersThatTheLocaleCannotSay() throws Exception {
        Jvm.Result result = jvm("-Duser.home=" + temporary + "/jörg").run(Computes.class, "java");
        assertWarnedOnce(result, "LC_ALL=C.UTF-8 knows all letters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "/", "relative", "TEMPORARY/none", "/dev/null"})
    void aHomeFolderThatIsNone(String home) throws Exception {
        Jvm.Result result = jvm("-Duser.home=" + home.replace("TEMPORARY", temporary.toString()))
                .run(Computes.class, "java");
        assertWarnedOnce(result, "the home folder (user.home)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "jörg", "?", "/", "/tmp/j?rg"})
    void aCacheFolderThatIsNone(String text) throws Exception {
        Jvm byVariable = jvm("-Duser.home=" + temporary).environment("XDG_CACHE_HOME", text);
        assertWarnedOnce(byVariable.run(Computes.class, "java"), "XDG_CACHE_HOME is ");
        Jvm byProperty = jvm("-Duser.home=" + temporary, "-Dattention4j.cache=" + text);
        assertWarnedOnce(byProperty.run(Computes.class, "java"), "the system property attention4j.cache is ");
    }

    @Test
    void noCacheIsWantedAndNobodyIsWarned() throws Exception {
        Jvm.Result result = jvm("-Duser.home=?", "-Dattention4j.cache=").run(Computes.class, "java");
        assertEquals("right\nJAVA\nright\nJAVA\n", result.out(), result.toString());
        assertEquals("", result.err());
        assertNothingWritten();
    }

    @Test
    @Tag("opencl")
    void openClIsUsedAllTheSame() throws Exception {
        Jvm.Result result = jvm("-Duser.home=" + temporary + "/jörg").run(Computes.class);
        assertWarnedOnce(result, "LC_ALL=C.UTF-8 knows all letters");
        assertTrue(!result.out().contains("JAVA"), result.toString());
    }

    @Test
    @Tag("opencl")
    void aTemporaryFolderThatIsNoneLeavesJavaAndSaysWhy() throws Exception {
        for (String folder : List.of(temporary + "/jörg", "relative", "", temporary + "/none")) {
            Jvm.Result result =
                    jvm("-Djava.io.tmpdir=" + folder, "-Dattention4j.cache=").run(Computes.class);
            assertTrue(result.out().contains("right\nJAVA"), result.toString());
            assertTrue(result.err().contains("-Djava.io.tmpdir=<folder>"), result.toString());
            assertNothingWritten();
        }
    }
}
