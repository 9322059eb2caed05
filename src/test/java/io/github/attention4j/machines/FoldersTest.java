package io.github.attention4j.machines;

import static io.github.attention4j.machines.Learning.learns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.testing.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Temporary folders and folders of PoCL's that cannot be written to, are full, or may not have programs. On PoCL all of
 * that ended the process or worse.
 */
@Tag("opencl")
class FoldersTest {
    private static final String OTHER_TEMPORARY = "-Djava.io.tmpdir=";

    @TempDir
    private Path folder;

    @BeforeEach
    void onlyPoclAndOnlyWhereViewsOfTheFileSystemCanBeHad() {
        assumeTrue(
                AttentionEngine.devices().get(0).platform().startsWith("Portable Computing Language"),
                "this is about PoCL");
        assumeTrue(Jvm.canMount(), "this user may not mount folders in a view of their own");
    }

    @Test
    void temporaryFolderWithNoexec() {
        learns(
                "JOCL's native library may not be loaded from the temporary folder " + folder
                        + ", which is mounted with noexec",
                OTHER_TEMPORARY,
                temporary("-o noexec"));
    }

    @Test
    void fullTemporaryFolder() {
        learns(
                "JOCL's native library cannot be unpacked: the temporary folder " + folder + " is full",
                OTHER_TEMPORARY,
                temporary("-o size=16k"));
    }

    @Test
    void readOnlyTemporaryFolder() {
        learns(
                "JOCL's native library cannot be unpacked: nothing can be written to the temporary folder " + folder,
                OTHER_TEMPORARY,
                temporary("-o ro"));
    }

    @Test
    void poclsCacheWithNoexec() {
        learns(folder + "/cache, which is mounted with noexec", "POCL_CACHE_DIR", cache("-o noexec"));
    }

    @Test
    void poclsCacheThatIsFull() {
        learns(folder + "/cache, which is full", "POCL_CACHE_DIR", cache("-o size=16k"));
    }

    @Test
    void poclsCacheThatIsReadOnly() {
        learns(folder + "/cache, which cannot be written to by this user", "POCL_CACHE_DIR", cache("-o ro"));
    }

    @Test
    void poclsCacheThatIsFullLater() {
        Jvm.Result result = cache("-o size=4m").run(FillAndPlan.class, folder + "/filling");
        assertEquals(0, result.exit(), result.toString());
        assertTrue(
                result.out()
                        .contains(folder
                                + "/cache, which is full. Start the JVM with the environment variable POCL_CACHE_DIR"),
                result.toString());
    }

    @Test
    void poclsCacheThatEverybodyCanWriteTo() {
        Jvm jvm = jvm().throughShell("mkdir -p -m 777 " + folder + "/open/cache")
                .environment("POCL_CACHE_DIR", folder + "/open/cache/deeper");
        learns("everybody can write to " + folder + "/open/cache", "chmod o-w " + folder + "/open/cache", jvm);
    }

    @Test
    void homeThatIsReadOnly() {
        Jvm jvm = cache("-o ro")
                .environment("POCL_CACHE_DIR", null)
                .environment("XDG_CACHE_HOME", null)
                .environment("HOME", folder.toString());
        learns(folder + "/.cache/pocl/kcache, which cannot be written to", "POCL_CACHE_DIR", jvm);
    }

    @Test
    void poclsCacheThatIsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        learns(file + ", which is no folder", "POCL_CACHE_DIR", jvm().environment("POCL_CACHE_DIR", file.toString()));
    }

    @Test
    void poclsCacheWithoutAName() {
        learns(
                "PoCL ends the process if POCL_CACHE_DIR is empty",
                "Unset that environment variable",
                jvm().environment("POCL_CACHE_DIR", ""));
    }

    @Test
    void aHomeWhoseLettersTheLocaleCannotSayIsNoneOfTheCauses() {
        String home = "HOME=" + folder
                + "/$(printf 'j\\303\\266rg')\nmkdir \"$HOME\"\nexport HOME"; // whatever this JVM's own locale is
        Jvm jvm = jvm().environment("LC_ALL", "C")
                .environment("POCL_CACHE_DIR", null)
                .environment("XDG_CACHE_HOME", null);
        Jvm.Result result = jvm.throughShell(home).run(OpenTwice.class);
        assertEquals(0, result.exit(), result.toString());
        assertTrue(result.out().contains("opened cpu:0"), result.toString());
    }

    @Test
    void noLinkerForPocl() {
        learns("PoCL needs the command ld", "apt-get install binutils", jvm().environment("PATH", folder.toString()));
    }

    private Jvm temporary(String options) {
        return jvm().afterMounting("mount -t tmpfs " + options + " none " + folder)
                .option("-Djava.io.tmpdir=" + folder);
    }

    private Jvm cache(String options) {
        return jvm().afterMounting("mount -t tmpfs " + options + " none " + folder)
                .environment("POCL_CACHE_DIR", folder + "/cache");
    }

    private static Jvm jvm() {
        return new Jvm()
                .environment("LD_PRELOAD", null)
                .option("--enable-native-access=ALL-UNNAMED")
                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dattention4j.cache=");
    }
}
