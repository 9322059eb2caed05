package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import org.junit.jupiter.api.Test;

class FirstCallsTest {
    /** It was 2.2e9 and more when vectors computed before they were compiled; most of this is for busy machines. */
    private static final long MOST_BYTES = 800_000_000;

    @Test
    void haveTheBitsOfLaterOnesAndMakeLittleGarbage() {
        Jvm.Result result = new Jvm()
                .option("--add-modules", "jdk.incubator.vector", "-Xmx1g")
                .run(FirstCalls.class);
        assertEquals(0, result.exit(), result::toString);
        String[] found = result.out().strip().split(" ");
        assertEquals("true", found[0], result::toString);
        assertTrue(Long.parseLong(found[1]) < MOST_BYTES, result::toString);
    }
}
