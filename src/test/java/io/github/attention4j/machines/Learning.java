package io.github.attention4j.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.Diagnose;
import io.github.attention4j.testing.Jvm;
import java.util.List;

/** What people are told where no OpenCL device can be used. */
final class Learning {
    private Learning() {}

    /**
     * In the log, once for each engine and once for the list; in all descriptions, on both attempts; and in the
     * diagnosis.
     */
    static void learns(String cause, String remedy, Jvm jvm) {
        Jvm.Result result = jvm.run(OpenTwice.class);
        List<String> lines = result.err()
                .lines()
                .filter(line -> !line.isBlank() && !line.contains("WARNING: "))
                .toList();
        assertEquals(3, lines.size(), "one line each for two engines and a list: " + result);
        for (String line : lines) {
            assertTrue(line.contains("No OpenCL device: ") && line.contains(cause) && line.contains(remedy), line);
        }
        assertTellsInDescriptions(cause, remedy, result);
        Jvm.Result diagnosis = jvm.run(Diagnose.class);
        assertEquals(1, diagnosis.exit(), diagnosis.toString());
        assertTrue(diagnosis.out().contains(cause) && diagnosis.out().contains(remedy), diagnosis.toString());
    }

    static void assertTellsInDescriptions(String cause, String remedy, Jvm.Result result) {
        assertEquals(0, result.exit(), result.toString());
        List<String> out = result.out().lines().toList();
        assertEquals(8, out.size(), "nothing but what the program prints: " + result);
        for (int i = 0; i < out.size() - 1; i++) {
            String line = out.get(i);
            boolean tells = line.contains(cause) && line.contains(remedy);
            assertTrue(line.equals("computed [5.0, 6.0]") || tells, line + "\nof " + result);
        }
        assertTrue(out.get(out.size() - 1).startsWith("listed reference"), result.toString());
    }
}
