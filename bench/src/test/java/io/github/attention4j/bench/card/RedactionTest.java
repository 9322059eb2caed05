package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "saved in /home/jane/.cache/source.cl.        | saved in <folder>/source.cl.",
                "saved in C:\\Users\\jane\\source.cl, line 3  | saved in <folder>/source.cl, line 3",
                "at \"/tmp/x y/z.cl\"                         | at \"<folder>/x y/z.cl\"",
                "lib/tile.clh:12: 3.0 GFLOP/s, 1/2            | lib/tile.clh:12: 3.0 GFLOP/s, 1/2"
            })
    void foldersAreTakenOutAndNothingElse(String text, String expected) {
        assertEquals(expected, Redaction.text(text));
    }

    @Test
    void aLongLogIsCut() {
        assertTrue(Redaction.text("x".repeat(100_000)).length() < 1000);
    }
}
