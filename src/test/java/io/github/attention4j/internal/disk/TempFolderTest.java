package io.github.attention4j.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the property of the temporary folder may hold; the JDK itself looks at it once only, long before. */
class TempFolderTest {
    @TempDir
    Path temporary;

    private interface Action<T> {
        T run() throws Exception;
    }

    private static <T> T with(String folder, Action<T> action) throws Exception {
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder);
        try {
            return action.run();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @Test
    void textsAreKeptThereUnderNamesOfTheirOwn() throws Exception {
        Path first = with(temporary.toString(), () -> TempFolder.keep("kernel-", ".cl", "one"));
        Path second = with(temporary.toString(), () -> TempFolder.keep("kernel-", ".cl", "two"));
        assertEquals("one", Files.readString(first));
        assertEquals("two", Files.readString(second));
        assertEquals(temporary, first.getParent());
    }

    @Test
    void whatMakesNoSenseIsRefusedAndNothingIsWrittenElsewhere() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        Supplier<String> here =
                () -> String.join(" ", Path.of("").toAbsolutePath().toFile().list());
        String before = here.get();
        for (String folder : new String[] {
            "", "?", "relative", "/", "\0", temporary.resolve("none").toString(), file.toString()
        }) {
            DiskException refused = assertThrows(
                    DiskException.class, () -> with(folder, () -> TempFolder.keep("kernel-", ".cl", "text")), folder);
            assertTrue(refused.remedy().contains("-Djava.io.tmpdir=<folder>"), refused.getMessage());
            assertThrows(DiskException.class, () -> with(folder, () -> TempFolder.makeFolder("it", "x")), folder);
        }
        assertEquals(before, here.get());
    }
}
