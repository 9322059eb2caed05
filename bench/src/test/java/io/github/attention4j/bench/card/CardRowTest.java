package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CardRowTest {
    private static CardRow row(String family, String shape, String type, double millis) {
        return new CardRow(family, shape, type, "any", millis, 2 * millis, 1 / millis, 0.5, 1e-7);
    }

    @Test
    void ofEachShapeAndTypePeopleSeeTheFastestFamily() {
        List<CardRow> rows = List.of(
                row("tiles", "1x2", "f32", 4),
                row("tiles", "1x2", "f16", 3),
                row("matrix", "1x2", "f16", 1),
                row("lanes", "1x2", "f16", 9),
                row("tiles", "1x4", "f16", 8));
        assertEquals(List.of(rows.get(0), rows.get(2), rows.get(4)), CardRow.fastest(rows));
        assertEquals(4, CardRow.table(CardRow.fastest(rows)).text().lines().count());
    }
}
