package io.github.attention4j.bench.card;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A measured shape.
 *
 * @param family which kernels ran
 * @param shape batch x heads x queries x keys x headDim
 * @param type of query, key, value and out
 * @param kernel kernel and tiles in the planner's words
 * @param kernelMillis by the device's clock, median
 * @param callMillis from the call to the answer in the device's memory, median
 * @param gflops by the device's clock
 * @param share of what multiply-adds alone reach, or NaN
 * @param error how far the answer was from the right one
 */
public record CardRow(
        String family,
        String shape,
        String type,
        String kernel,
        double kernelMillis,
        double callMillis,
        double gflops,
        double share,
        double error) {
    private static final String LINE = "  %-7s %-28s %-5s %10s %10s %10s %7s %9s%n";

    /** The fastest family's row of each shape and type. */
    public static List<CardRow> fastest(List<CardRow> rows) {
        Map<String, CardRow> fastest = new LinkedHashMap<>();
        for (CardRow row : rows) {
            fastest.merge(row.shape + row.type, row, (a, b) -> b.kernelMillis < a.kernelMillis ? b : a);
        }
        return List.copyOf(fastest.values());
    }

    /** All rows with a headline. */
    public static String table(List<CardRow> rows) {
        StringBuilder text =
                new StringBuilder(line("family", "shape", "type", "kernel ms", "call ms", "GFLOP/s", "share", "error"));
        for (CardRow row : rows) {
            text.append(line(
                    row.family,
                    row.shape,
                    row.type,
                    number("%.3f", row.kernelMillis),
                    number("%.3f", row.callMillis),
                    number("%.1f", row.gflops),
                    number("%.0f%%", 100 * row.share),
                    number("%.1e", row.error)));
        }
        return text.toString();
    }

    private static String line(Object... cells) {
        return String.format(Locale.ROOT, LINE, cells);
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }
}
