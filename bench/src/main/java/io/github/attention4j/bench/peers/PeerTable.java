package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.peers.Limits.Limit;
import io.github.attention4j.bench.run.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The comparison as cells of text, for console, page and Markdown alike. */
public final class PeerTable {
    /** The titles of the columns. */
    static final List<String> HEADER = List.of(
            "contender",
            "what runs",
            "median ms",
            "GFLOP/s",
            "of peak",
            "x best peer",
            "added MB",
            "processors",
            "starved",
            "max error");

    private static final int WORDS = 2; // columns of words, flush left; the rest are numbers

    private PeerTable() {}

    /** What stands above the rows of one shape. */
    static String title(PeerResult result) {
        return Case.shape(result.rows().get(0).spec());
    }

    /** The cells of one row. */
    static List<String> cells(PeerResult result, PeerRow row, Limits limits) {
        boolean timed = row.isTimed();
        return List.of(
                row.kind().name(),
                timed ? row.way() : row.status() + ": " + row.reason(),
                timed ? millis(row.samples().medianMillis()) : "-",
                number("%.1f", row.gflops()),
                percent(limits.share(row)),
                number("%.2f", result.overBestPeer(row)),
                row.memory() < 0 ? "-" : number("%.1f", row.memory() * 1e-6),
                timed ? number("%.2f", row.samples().mostProcessors()) : "-",
                timed ? row.samples().starved() + " of " + row.samples().all().size() : "-",
                row.verdict() == null ? "-" : number("%.1e", row.verdict().error()));
    }

    /** One shape as lines for a console. */
    public static String text(PeerResult result, Limits limits) {
        List<List<String>> lines = new ArrayList<>(List.of(HEADER));
        result.rows().forEach(row -> lines.add(cells(result, row, limits)));
        int[] widths = new int[HEADER.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                if (i != 1 || !line.get(2).equals("-")) { // reasons may be long, and have nothing to their right
                    widths[i] = Math.max(widths[i], line.get(i).length());
                }
            }
        }
        StringBuilder text = new StringBuilder(title(result) + "\n");
        for (List<String> line : lines) {
            StringBuilder cells = new StringBuilder(" ");
            int columns = line.get(2).equals("-") ? WORDS : widths.length;
            for (int i = 0; i < columns; i++) {
                String format = "%" + (i < WORDS ? "-" : "") + widths[i] + "s";
                cells.append(' ').append(format.formatted(line.get(i)));
            }
            text.append(cells.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** One shape in a line: how fast each contender was. */
    public static String line(PeerResult result) {
        return result.rows().stream()
                .map(row -> row.kind().name() + " " + (row.isTimed() ? number("%.1f", row.gflops()) : row.status()))
                .collect(Collectors.joining(", ", "GFLOP/s: ", ""));
    }

    /** One shape as a table in Markdown. */
    static String markdown(PeerResult result, Limits limits) {
        StringBuilder text = new StringBuilder("### " + title(result) + "\n\n");
        text.append(line(HEADER))
                .append("|---|---|")
                .append("--:|".repeat(HEADER.size() - WORDS))
                .append('\n');
        result.rows().forEach(row -> text.append(line(cells(result, row, limits))));
        return text.append('\n').toString();
    }

    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder("|");
        cells.forEach(cell -> line.append(' ').append(cell.replace("|", "\\|")).append(" |"));
        return line.append('\n').toString();
    }

    /** The machine's limits, a sentence for each device. */
    public static List<String> limits(Limits limits) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Limit> entry : limits.byDevice().entrySet()) {
            Limit limit = entry.getValue();
            String one =
                    Double.isNaN(limit.oneThread()) ? "" : " (" + number("%.1f", limit.oneThread()) + " on one thread)";
            lines.add(entry.getKey() + ": " + number("%.1f", limit.gflops()) + " GFLOP/s with multiply-adds alone" + one
                    + ", reads " + number("%.1f", limit.gigabytes()) + " GB/s from memory");
        }
        limits.missing().forEach((device, reason) -> lines.add(device + ": limits not measured: " + reason));
        return lines;
    }

    private static String millis(double millis) {
        return number(millis < 1 ? "%.4f" : millis < 100 ? "%.2f" : "%.0f", millis);
    }

    private static String percent(double share) {
        return number("%.0f %%", share * 100);
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }
}
