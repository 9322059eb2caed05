package io.github.attention4j.machines;

import static io.github.attention4j.machines.Learning.assertTellsInDescriptions;
import static io.github.attention4j.machines.Learning.learns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Diagnose;
import io.github.attention4j.testing.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Machines on which no OpenCL device can be used, each for a cause of its own: people learn the cause and what to do,
 * in one line, wherever they look.
 */
class NoDeviceTest {
    @TempDir
    private Path folder;

    @Test
    void withoutAnOpenClLibraryNothingOfJoclsIsPrinted() {
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library anyway");
        String hiding = "mount -t tmpfs none " + folder + "; mkdir " + folder + "/upper " + folder + "/work\n"
                + "for file in $(ldconfig -p | sed -n 's/.*=> \\(.*libOpenCL[.]so.*\\)/\\1/p'); do\n"
                + "  place=$(dirname $(readlink -f $file))\n"
                + "  if [ -e $file ]; then\n"
                + "    mount -t overlay -o lowerdir=$place,upperdir=" + folder + "/upper,workdir=" + folder
                + "/work overlay $place\n"
                + "    rm $place/libOpenCL.so*\n"
                + "  fi\n"
                + "done\n";
        assumeTrue(Jvm.canMount(hiding), "this user may not hide a library in a view of the file system");
        learns(
                "there is no OpenCL library (libOpenCL.so) on this machine",
                "Install an OpenCL driver",
                jvm().afterMounting(hiding));
    }

    @Test
    void withoutADriverTheFolderOfDriversIsNamed() {
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library");
        learns("no OpenCL driver is registered: " + folder, "Unset OCL_ICD_VENDORS", jvm());
    }

    @Test
    void aRegisteredDriverThatIsNotThereIsNamed() throws IOException {
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library");
        Files.writeString(folder.resolve("gone.icd"), "libgone_of_a_driver.so.1\n");
        learns("gone.icd names libgone_of_a_driver.so.1, which is not there", "Install the drivers again", jvm());
    }

    @Test
    void aDriverThatCannotBeLoadedIsNamed() throws IOException {
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library");
        Path library = Files.writeString(folder.resolve("libtext.so"), "this is no library");
        Files.writeString(folder.resolve("text.icd"), library.toString());
        learns("no registered OpenCL driver can be loaded: ", "ldd", jvm());
    }

    @Test
    void withoutJoclsJarItIsJoclThatIsMissing() {
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library, which is told first");
        learns(
                "JOCL, the OpenCL binding, is not on the class path",
                "Add org.jocl:jocl",
                jvm().classPath(part -> !part.contains("jocl-")));
    }

    @Test
    void aJvmThatForbidsNativeCodeIsToldTheFlag() {
        Path home = jdkWithTheFlag();
        assumeTrue(home != null, "no JDK of version 24 or later found");
        assumeTrue(hasOpenClLibrary(), "there is no OpenCL library");
        learns(
                "this JVM forbids native code",
                "--enable-native-access=ALL-UNNAMED",
                jvm().home(home.toString()).option("--illegal-native-access=deny"));
    }

    @Test
    void withoutALoggerTheDescriptionsTellAllTheSame() {
        Jvm.Result result =
                jvm().classPath(part -> !part.contains("slf4j-simple")).run(OpenTwice.class);
        assertFalse(result.err().contains("OpenCL"), result.toString());
        assertTellsInDescriptions("pure Java because ", "; remedy: ", result);
    }

    @Test
    void theDiagnosisTellsWithoutALoggerAndWithoutJoclAndItsExitCodeIsOne() {
        for (String missing : List.of("slf4j-", "jocl-", "slf4j-simple")) {
            Jvm.Result result = jvm().classPath(part -> !part.contains(missing)).run(Diagnose.class);
            assertEquals(1, result.exit(), result.toString());
            assertTrue(result.out().contains("pure Java\n"), result.toString());
            assertTrue(result.out().contains("what to do: "), result.toString());
            assertFalse(result.out().contains("\tat "), result.toString());
        }
    }

    @Test
    void theCommandAnswersQuestionsAboutItselfAndRefusesOthers() {
        Jvm.Result help = jvm().run(Diagnose.class, "--help");
        assertEquals(0, help.exit(), help.toString());
        assertTrue(help.out().contains("Usage: java -jar"), help.toString());
        Jvm.Result wrong = jvm().run(Diagnose.class, "--hlep");
        assertEquals(2, wrong.exit(), wrong.toString());
        assertTrue(wrong.err().contains("Usage: java -jar"), wrong.toString());
    }

    @Test
    void theDiagnosisIsATextForAnyProgram() {
        String text = AttentionEngine.diagnose();
        for (String line : List.of("Java ", "Vector API ", "temporary folder ", "program cache ", "JOCL ", "result ")) {
            assertTrue(text.lines().anyMatch(each -> each.startsWith(line)), text);
        }
    }

    /** A JVM with an empty folder of drivers, warnings on standard error. */
    private Jvm jvm() {
        return new Jvm()
                .environment("OCL_ICD_VENDORS", folder.toString())
                .environment("LD_PRELOAD", null)
                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dattention4j.cache=");
    }

    private static boolean hasOpenClLibrary() {
        return !AttentionEngine.diagnose().contains("there is no OpenCL library");
    }

    private static Path jdkWithTheFlag() {
        if (Runtime.version().feature() >= 24) {
            return Path.of(System.getProperty("java.home"));
        }
        String told = System.getenv("JAVA25_HOME");
        if (told != null && !told.isEmpty()) {
            return Path.of(told);
        }
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.filter(home -> home.getFileName().toString().contains("25"))
                    .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
