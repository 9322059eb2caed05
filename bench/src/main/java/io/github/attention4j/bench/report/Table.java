package io.github.attention4j.bench.report;

import io.github.attention4j.bench.attention.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The results as cells of text, for the console and the report alike. */
public final class Table {
    private Table() {}

    /** The titles of the columns. */
    public static List<String> header() {
        return List.of(
                "device",
                "kernel",
                "shape",
                "median ms",
                "min ms",
                "on device ms",
                "GFLOP/s",
                "of peak",
                "vs java",
                "vs loops",
                "max error");
    }

    /** The cells of one problem, row by row. */
    public static List<List<String>> cells(Result result) {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : result.rows()) {
            lines.add(List.of(
                    device(row),
                    row.family(),
                    Problem.shape(row.spec()),
                    millis(row.timing().median()),
                    millis(row.timing().min()),
                    millis(row.deviceMillis()),
                    number("%.1f", row.gflops()),
                    number("%.0f %%", 100 * row.share()),
                    times(result.overJava(row)),
                    times(result.overLoops(row)),
                    number("%.1e", row.maxError())));
        }
        return lines;
    }

    /** The results by the name of their problem, in the order in which the names come first. */
    static Map<String, List<Result>> groups(List<Result> results) {
        return results.stream()
                .collect(Collectors.groupingBy(Result::problem, LinkedHashMap::new, Collectors.toList()));
    }

    /** The table for a console: columns of equal width, each problem's shapes under its name, a line between shapes. */
    public static String text(List<Result> results) {
        List<String> header = header();
        List<Result> grouped =
                groups(results).values().stream().flatMap(List::stream).toList();
        List<List<List<String>>> blocks = grouped.stream().map(Table::cells).toList();
        int[] widths = header.stream().mapToInt(String::length).toArray();
        blocks.forEach(block -> block.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }));
        StringBuilder text = new StringBuilder(line(header, widths));
        for (int i = 0; i < blocks.size(); i++) {
            boolean sameData =
                    i > 0 && grouped.get(i).problem().equals(grouped.get(i - 1).problem());
            text.append(sameData ? "" : grouped.get(i).problem()).append('\n');
            blocks.get(i).forEach(cells -> text.append(line(cells, widths)));
        }
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < widths.length; i++) {
            boolean words = i < 3; // the rest are numbers, flush right
            line.append(' ').append(("%" + (words ? "-" : "") + widths[i] + "s").formatted(cells.get(i)));
        }
        return line.toString().stripTrailing() + "\n";
    }

    static String device(Row row) {
        return row.isOurs() ? row.device() : row.device() + " (" + row.engine() + ")";
    }

    private static String millis(double millis) {
        return number(millis < 1 ? "%.4f" : millis < 100 ? "%.2f" : "%.0f", millis);
    }

    private static String times(OptionalDouble factor) {
        return factor.isPresent() ? number("%.2fx", factor.getAsDouble()) : "-";
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }
}
