package io.github.attention4j.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Cells of text, for the console and pages alike.
 *
 * @param header the titles of the columns
 * @param words how many columns from the left are words, flush left; the rest are numbers, flush right
 * @param lines the cells, line by line
 */
public record TextTable(List<String> header, int words, List<List<String>> lines) {
    /** For a console: columns of equal width. */
    public String text() {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = header.get(i).length();
            for (List<String> line : lines) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(line(header, widths));
        lines.forEach(line -> text.append(line(line, widths)));
        return text.toString();
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < widths.length; i++) {
            line.append(' ').append(("%" + (i < words ? "-" : "") + widths[i] + "s").formatted(cells.get(i)));
        }
        return line.toString().stripTrailing() + "\n";
    }

    /** For a page. */
    public String html() {
        return lines.stream()
                .map(line -> Html.row("td", line))
                .collect(Collectors.joining(
                        "",
                        "<table>\n<thead>" + Html.row("th", header) + "</thead>\n<tbody>\n",
                        "</tbody>\n</table>\n"));
    }
}
