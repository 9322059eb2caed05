package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.Obstacle;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkFailuresTest {
    @Test
    void everyFailureHasItsOwnCauseAndRemedy() {
        names("is not on the class path", "Add org.jocl:jocl", new NoClassDefFoundError("org/jocl/CL"));
        names(
                "failed to start earlier",
                "first error",
                new NoClassDefFoundError("Could not initialize class org.jocl.CL"));
        names("another version of JOCL", "Use org.jocl:jocl", new NoSuchMethodError("org.jocl.CL.clFinish"));
        names("no OpenCL library", "Install an OpenCL driver", link("Implementation library could not be loaded"));
        names(
                "forbids native code",
                "--enable-native-access=ALL-UNNAMED",
                link("java.lang.IllegalCallerException: Illegal native access from unnamed module"));
        names("is full", "Make room", link("java.io.IOException: No space left on device"));
        names("noexec", "-Djava.io.tmpdir", link("/tmp/libJOCL.so: failed to map segment from shared object"));
        names(
                "cannot be unpacked into",
                "can write to",
                link("java.io.FileNotFoundException: /tmp/x (Permission denied)"));
        names(
                "cannot be unpacked into",
                "can write to",
                link("java.io.FileNotFoundException: /tmp/x (Read-only file system)"));
        names("is damaged", "Delete", link("/tmp/libJOCL.so: file too short"));
        names("no native library for", "64-bit Arm", link("No resource found with name '/lib/libJOCL-linux-riscv.so'"));
        names(
                "needs libstdc++.so.6,",
                "apt-get install libstdc++6",
                link("/tmp/libJOCL.so: libstdc++.so.6: cannot open shared object file: No such file or directory"));
        names("cannot be loaded (java.lang.UnsatisfiedLinkError: something new)", "debug level", link("something new"));
    }

    @Test
    void causesAreLookedForInWhatCausedAFailure() {
        Throwable failure = new ExceptionInInitializerError(link("No space left on device"));
        assertTrue(LinkFailures.obstacle((LinkageError) failure).cause().contains("is full"));
    }

    @Test
    void libraryNamesAreFoundAsTheSystemFindsThem() {
        assertFalse(SystemLibraries.isSurelyMissing(List.of("libc.so.6")));
        assertEquals(
                System.getProperty("os.name").equals("Linux"),
                SystemLibraries.isSurelyMissing(List.of("libnot_there.so.7")));
    }

    @Test
    void poclsFolderIsFoundByPoclsRules() {
        assertEquals("/own", PoclNeeds.cacheFolder("/own", "/xdg", "/home"));
        assertEquals("", PoclNeeds.cacheFolder("", "/xdg", "/home"));
        assertEquals("/xdg/pocl/kcache", PoclNeeds.cacheFolder(null, "/xdg", "/home"));
        assertEquals("/home/.cache/pocl/kcache", PoclNeeds.cacheFolder(null, "", "/home"));
        assertEquals("/tmp/pocl/kcache", PoclNeeds.cacheFolder(null, null, null));
    }

    private static LinkageError link(String message) {
        return new UnsatisfiedLinkError(message + "\nand more lines\n\tat of.a.Stack");
    }

    private static void names(String cause, String remedy, LinkageError failure) {
        Obstacle obstacle = LinkFailures.obstacle(failure);
        assertTrue(obstacle.cause().contains(cause), obstacle.text());
        assertTrue(obstacle.remedy().contains(remedy), obstacle.text());
        assertFalse(obstacle.text().contains("\n"), obstacle.text());
        assertEquals(failure, obstacle.details());
    }
}
