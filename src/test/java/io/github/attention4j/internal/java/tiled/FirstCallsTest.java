package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstCallsTest {
    /** Where vectors computed before they were compiled it was 2.2e9 of tiles, 4.5e8 to 1.3e9 of the others. */
    @ParameterizedTest
    @CsvSource({
        "tiles, 300",
        "scores, 400",
        "gradients, 530",
        "functions, 400",
        "F32, 450",
        "F16, 450",
        "BF16, 450",
        "I8, 450",
        "I4, 600"
    })
    void haveTheBitsOfLaterOnesAndMakeLittleGarbage(String kind, long mostMegabytes) {
        Jvm.Result result = new Jvm()
                .option("--add-modules", "jdk.incubator.vector", "-Xmx1g")
                .option("-Xbatch") // else other work, beside which C2 comes late, would decide
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
