package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A home folder, or another place to keep something in, that makes no sense: engines open, say so once and leave nothing anywhere. */
class OddFoldersTest {
    private static final String WARNING = "No compiled programs are kept on disk";
    private static final Map<String, String> PLAIN = Map.of("LC_ALL", "C", "XDG_CACHE_HOME", "");

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

    /** It computed, warned exactly once, and wrote nothing beside what was there. */
    private void assertWarnedOnce(String output, String reason) throws Exception {
        assertEquals(2, output.lines().filter(line -> line.equals("right")).count(), output);
        assertEquals(1, output.lines().filter(line -> line.contains(WARNING)).count(), output);
        assertTrue(output.contains(reason), output);
        assertNothingWritten();
    }

    private void assertNothingWritten() throws Exception {
        try (Stream<Path> files = Files.walk(temporary)) {
            assertEquals(List.of(temporary, working), files.sorted().toList());
        }
    }

    @Test
    void aHomeFolderWithLettersThatTheLocaleCannotSay() throws Exception {
        String output = new ForkedJvm("-Duser.home=" + temporary + "/jörg")
                .environment(PLAIN)
                .in(working)
                .run(Computes.class, "java");
        assertWarnedOnce(output, "LC_ALL=C.UTF-8 knows all letters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "/", "relative", "TEMPORARY/none", "/dev/null"})
    void aHomeFolderThatIsNone(String home) throws Exception {
        String output = new ForkedJvm("-Duser.home=" + home.replace("TEMPORARY", temporary.toString()))
                .environment(PLAIN)
                .in(working)
                .run(Computes.class, "java");
        assertWarnedOnce(output, "the home folder (user.home)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "jörg", "?", "/", "/tmp/j?rg"})
    void aCacheFolderThatIsNone(String text) throws Exception {
        ForkedJvm byVariable = new ForkedJvm("-Duser.home=" + temporary)
                .environment(Map.of("LC_ALL", "C", "XDG_CACHE_HOME", text))
                .in(working);
        assertWarnedOnce(byVariable.run(Computes.class, "java"), "XDG_CACHE_HOME is ");
        ForkedJvm byProperty = new ForkedJvm("-Duser.home=" + temporary, "-Dattention4j.cache=" + text)
                .environment(PLAIN)
                .in(working);
        assertWarnedOnce(byProperty.run(Computes.class, "java"), "the system property attention4j.cache is ");
    }

    @Test
    void noCacheIsWantedAndNobodyIsWarned() throws Exception {
        String output = new ForkedJvm("-Duser.home=?", "-Dattention4j.cache=")
                .environment(PLAIN)
                .in(working)
                .run(Computes.class, "java");
        assertEquals("right\nJAVA\nright\nJAVA\n", output);
        assertNothingWritten();
    }

    @Test
    @Tag("opencl")
    void openClIsUsedAllTheSame() throws Exception {
        String output = new ForkedJvm("-Duser.home=" + temporary + "/jörg")
                .environment(PLAIN)
                .in(working)
                .run(Computes.class);
        assertWarnedOnce(output, "LC_ALL=C.UTF-8 knows all letters");
        assertTrue(!output.contains("JAVA"), output);
    }

    @Test
    @Tag("opencl")
    void aTemporaryFolderThatIsNoneLeavesJavaAndSaysWhy() throws Exception {
        for (String folder : List.of(temporary + "/jörg", "relative", "", temporary + "/none")) {
            String output = new ForkedJvm("-Djava.io.tmpdir=" + folder, "-Dattention4j.cache=")
                    .environment(PLAIN)
                    .in(working)
                    .run(Computes.class);
            assertTrue(output.contains("right\nJAVA"), output);
            assertTrue(output.contains("-Djava.io.tmpdir=FOLDER"), output);
            assertNothingWritten();
        }
    }
}
