package io.github.attention4j.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What options cost as cells of text, for the console and the page alike. */
public final class CostTable {
    /** The titles of the columns. */
    static final List<String> HEADER = List.of("option", "median ms", "min ms", "x plain", "goal", "", "max error");

    private static final int WORDS = 1; // columns of words, flush left; the rest are numbers

    private CostTable() {}

    /** What stands above the rows of one group: shape, device and kernel of the plain call. */
    static String title(List<CostRow> rows) {
        CostRow plain = rows.get(0);
        return plain.shape() + " on " + plain.device() + " (" + plain.family() + ")";
    }

    /** The cells of one row. */
    static List<String> cells(CostRow row) {
        return List.of(
                row.option(),
                number(row.timing().median() < 1 ? "%.4f" : "%.2f", row.timing().median()),
                number(row.timing().min() < 1 ? "%.4f" : "%.2f", row.timing().min()),
                number("%.3f", row.ratio()),
                row.hasGoal() ? number("<= %.2f", row.goal()) : "-",
                row.hasGoal() ? row.isMet() ? "met" : "MISSED" : "",
                number("%.1e", row.error()));
    }

    /** One group as lines for a console. */
    public static String text(List<CostRow> rows) {
        List<List<String>> lines = new ArrayList<>(List.of(HEADER));
        rows.forEach(row -> lines.add(cells(row)));
        int[] widths = new int[HEADER.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(title(rows) + "\n");
        for (List<String> line : lines) {
            StringBuilder cells = new StringBuilder(" ");
            for (int i = 0; i < widths.length; i++) {
                String format = "%" + (i < WORDS ? "-" : "") + widths[i] + "s";
                cells.append(' ').append(format.formatted(line.get(i)));
            }
            text.append(cells.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** How many goals there were, and how many were met. */
    public static String summary(List<List<CostRow>> groups) {
        List<CostRow> goals =
                groups.stream().flatMap(List::stream).filter(CostRow::hasGoal).toList();
        long met = goals.stream().filter(CostRow::isMet).count();
        return met + " of " + goals.size() + " goals are met.";
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }
}
