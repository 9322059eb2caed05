package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.testing.Jvm;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jocl.LibUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where JOCL's native library is loaded from: never what others have laid under its name, and a file of its own for
 * every class loader.
 */
@Tag("opencl")
class JoclLibraryTest {
    private static final int TOGETHER = 12;
    private static final String FINE = "computed on OpenCL";

    @TempDir
    Path temporary;

    /** Opens the best device, computes, and says whether that was one of OpenCL's. */
    public static final class Computes {
        public static void main(String[] args) throws Exception {
            boolean isOurs = args.length == 0 || !args[0].equals("after JOCL");
            if (!isOurs) {
                CL.setExceptionsEnabled(false);
            }
            try (AttentionEngine engine = AttentionEngine.open()) {
                AttentionSpec spec = AttentionSpec.builder()
                        .heads(1)
                        .sequenceLength(3)
                        .headDim(4)
                        .build();
                float[] ones = new float[12];
                Arrays.fill(ones, 1);
                float[] out = engine.attend(spec, ones, ones, ones);
                boolean isRight = Arrays.equals(ones, out);
                boolean isOpenCl = engine.device().id().contains(":");
                System.out.println(isRight && isOpenCl ? FINE : engine.device() + " " + Arrays.toString(out));
            }
        }
    }

    /** Only asks for the devices, with JOCL's library loaded for that. */
    public static final class Lists {
        public static void main(String[] args) {
            System.out.println(names());
        }

        /** Not all that they say of themselves: a virtual machine's memory may grow between two processes. */
        static List<String> names() {
            List<String> names = new ArrayList<>();
            for (Device device : DeviceSearch.run().devices()) {
                names.add(device.id() + " " + device.name());
            }
            return names;
        }
    }

    /**
     * {@link Computes}, and then again in a class loader that shares nothing with the first, and again at once in two
     * more.
     */
    public static final class ComputesInFourLoaders {
        public static void main(String[] args) throws Exception {
            Computes.main(args);
            computeElsewhere();
            Thread[] threads = new Thread[2];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> {
                    try {
                        computeElsewhere();
                    } catch (Exception e) {
                        e.printStackTrace();
                    }
                });
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void computeElsewhere() throws Exception {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            try (URLClassLoader loader =
                    new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
                loader.loadClass(Computes.class.getName())
                        .getMethod("main", String[].class)
                        .invoke(null, (Object) new String[0]);
            }
        }
    }

    private static Jvm jvm(Path temporary) {
        return new Jvm()
                .option("-Djava.io.tmpdir=" + temporary)
                .option("-Dattention4j.cache=" + System.getProperty("attention4j.cache"))
                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    }

    private void assertComputes(String... arguments) {
        Jvm.Result result = jvm(temporary).run(Computes.class, arguments);
        assertEquals(FINE, result.out().strip(), result.toString());
    }

    private static String name() {
        return LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName("JOCL_2_0_6"));
    }

    private static byte[] library() throws IOException {
        return CL.class.getResourceAsStream("/lib/" + name()).readAllBytes();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.toString().toLowerCase().contains("jocl"))
                    .toList();
        }
    }

    @Test
    void aLibraryThatOthersHaveLaidUnderItsNameIsNotLoaded() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc makes the library to plant");
        Path proof = temporary.resolve("planted code ran");
        Path source = Files.writeString(temporary.resolve("planted.c"), """
                #include <stdio.h>
                __attribute__((constructor)) static void run(void) { fclose(fopen("PROOF", "w")); }
                """.replace("PROOF", proof.toString()));
        Path planted = temporary.resolve(name());
        assertEquals(
                0,
                new ProcessBuilder("/usr/bin/gcc", "-shared", "-fPIC", "-o", planted.toString(), source.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        byte[] before = Files.readAllBytes(planted);
        assertComputes();
        assertFalse(Files.exists(proof));
        assertArrayEquals(before, Files.readAllBytes(planted), "left alone");
        Files.delete(planted);
        assertEquals(List.of(), left());
    }

    @Test
    void theHalfThatAKilledProcessHasWrittenDoesNoHarm() throws Exception {
        Path half = temporary.resolve(name());
        Files.write(half, Arrays.copyOf(library(), 1 << 16));
        assertComputes();
        Files.delete(half);
        assertEquals(List.of(), left());
    }

    @Test
    void whatKilledProcessesHaveLeftIsRemovedWhenItIsOld() throws Exception {
        Path old = folder("attention4j-jocl-1", "rwx------");
        Path young = folder("attention4j-jocl-2", "rwx------");
        Path ofOthersToo = folder("attention4j-jocl-3", "rwxrwxrwx");
        for (Path each : List.of(old, ofOthersToo)) {
            Files.writeString(each.resolve(name()), "half a library");
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        }
        assertComputes();
        assertEquals(List.of(young, ofOthersToo), left().stream().sorted().toList());
    }

    private Path folder(String name, String permissions) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void manyProcessesStartAtOnce() throws Exception {
        String devices = Lists.names().toString();
        for (Jvm.Result result : jvm(temporary).runAtOnce(TOGETHER, Lists.class)) {
            assertEquals(devices, result.out().strip(), result.toString());
        }
        assertEquals(List.of(), left());
    }

    @Test
    void everyClassLoaderHasAnOpenClOfItsOwn() throws Exception {
        Jvm.Result result = jvm(temporary).run(ComputesInFourLoaders.class);
        assertEquals(List.of(FINE, FINE, FINE, FINE), result.out().lines().toList(), result.toString());
        assertEquals(List.of(), left());
    }

    @Test
    void whoeverHasLoadedItBeforeKeepsIt() throws Exception {
        assertComputes("after JOCL");
        assertEquals(List.of(temporary.resolve(name())), left(), "JOCL's own way");
    }

    @Test
    void aFolderWhoseFilesOthersCanReplaceIsNotUsed() throws Exception {
        Path open = folder("open to all", "rwxrwxrwx");
        Jvm.Result result = jvm(open).run(Computes.class);
        assertTrue(
                result.err().contains("others can replace what is in " + open + " (mode 777, without the sticky bit)"),
                result.toString());
        assertTrue(result.err().contains("-Djava.io.tmpdir=<folder>"), result.toString());
        assertTrue(result.out().contains("id=java") && result.exit() == 0, result.toString());
    }

    @Test
    void anotherPropertyIsPutInPlaceOfTheOnlyOne() throws Exception {
        byte[] unpacker = CL.class.getResourceAsStream("LibUtils.class").readAllBytes();
        byte[] changed = JoclLibrary.withProperty("a.longer.name.than.that", unpacker);
        assertEquals(unpacker.length + "a.longer.name.than.that".length() - "java.io.tmpdir".length(), changed.length);
        assertArrayEquals(unpacker, JoclLibrary.withProperty("java.io.tmpdir", unpacker));
        assertThrows(IOException.class, () -> JoclLibrary.withProperty("name", changed), "another JOCL");
    }
}
