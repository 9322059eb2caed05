package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstCallsTest {
    /** It was 2.2e9 and more when vectors computed before they were compiled; most of this is for busy machines. */
    private static final long MOST_BYTES = 800_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"tiles", "scores", "gradients", "F32", "F16", "BF16", "I8", "I4"})
    void haveTheBitsOfLaterOnesAndMakeLittleGarbage(String kind) {
        Jvm.Result result = new Jvm()
                .option("--add-modules", "jdk.incubator.vector", "-Xmx1g")
                .run(FirstCalls.class, kind);
        assertEquals(0, result.exit(), result::toString);
        assertAll(result.out().lines().map(line -> () -> {
            String[] found = line.split(" ", 3);
            assertEquals("true", found[0], line);
            assertTrue(Long.parseLong(found[1]) < MOST_BYTES, line);
        }));
    }
}
