package io.github.attention4j.bench.card;

import io.github.attention4j.bench.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A measured shape, or step of text generation.
 *
 * @param family which kernels ran
 * @param shape batch x heads x queries x keys x headDim, or sequences x keys
 * @param type of query, key, value and out, or of the cache
 * @param kernel kernel and tiles in the planner's words
 * @param kernelMillis by the device's clock, median
 * @param callMillis from the call to the answer in the device's memory, median
 * @param rate by the device's clock, in GFLOP/s or GB/s
 * @param share of what multiply-adds or reading alone reach, or NaN
 * @param error how far the answer was from the right one
 */
public record CardRow(
        String family,
        String shape,
        String type,
        String kernel,
        double kernelMillis,
        double callMillis,
        double rate,
        double share,
        double error) {
    /** The fastest family's row of each shape and type. */
    public static List<CardRow> fastest(List<CardRow> rows) {
        Map<String, CardRow> fastest = new LinkedHashMap<>();
        for (CardRow row : rows) {
            fastest.merge(row.shape + row.type, row, (a, b) -> b.kernelMillis < a.kernelMillis ? b : a);
        }
        return List.copyOf(fastest.values());
    }

    /** A line for each. */
    public static Table<CardRow> table(List<CardRow> rows) {
        return table("shape", "GFLOP/s", rows);
    }

    static Table<CardRow> table(String shape, String rate, List<CardRow> rows) {
        return new Table<CardRow>()
                .words("family", null, CardRow::family)
                .words(shape, null, CardRow::shape)
                .words("type", null, CardRow::type)
                .number("kernel ms", null, "%.3f", CardRow::kernelMillis)
                .number("call ms", null, "%.3f", CardRow::callMillis)
                .number(rate, null, "%.1f", CardRow::rate)
                .number("share", null, "%.0f%%", row -> 100 * row.share())
                .number("error", null, "%.1e", CardRow::error)
                .add(rows);
    }
}
