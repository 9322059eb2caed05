package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstCallsTest {
    /** Where vectors computed before they were compiled it was 1.5e9 to 3e9; half of this is for busy machines. */
    @ParameterizedTest
    @CsvSource({
        "tiles, 800",
        "scores, 1300",
        "gradients, 1300",
        "functions, 1000",
        "F32, 1300",
        "F16, 1300",
        "BF16, 1300",
        "I8, 1300",
        "I4, 1300"
    })
    void haveTheBitsOfLaterOnesAndMakeLittleGarbage(String kind, long mostMegabytes) {
        Jvm.Result result = new Jvm()
                .option("--add-modules", "jdk.incubator.vector", "-Xmx1g")
                .run(FirstCalls.class, kind);
        assertEquals(0, result.exit(), result::toString);
        List<String> lines = result.out().lines().toList();
        assertTrue(!lines.isEmpty() && lines.stream().allMatch(line -> line.startsWith("true ")), result::toString);
        long bytes = lines.stream()
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .sum();
        assertTrue(bytes < mostMegabytes * 1_000_000, result::toString);
    }
}
