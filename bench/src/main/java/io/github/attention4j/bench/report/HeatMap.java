package io.github.attention4j.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * Attention weights as a table of coloured cells: a row for each query, a column for each key, their names on both
 * sides. Where all names are single characters the columns are narrow, and narrower still on a narrow page.
 *
 * @param title what stands above it
 * @param rows names of the queries
 * @param columns names of the keys
 * @param weights [row, column] from 0 to 1
 */
public record HeatMap(String title, List<String> rows, List<String> columns, float[] weights) {
    /** The map as an element to paste into a page. */
    public String html() {
        boolean isOfLetters = columns.stream().allMatch(name -> name.length() == 1);
        StringBuilder html = new StringBuilder("<table class=\"heat" + (isOfLetters ? " letters" : "")
                + "\" style=\"--columns:" + columns.size() + "\">\n<caption>" + Html.escape(title)
                + "</caption>\n<thead><tr><td></td>");
        for (String column : columns) {
            html.append("<th scope=\"col\"><span>").append(Html.escape(column)).append("</span></th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (int row = 0; row < rows.size(); row++) {
            html.append("<tr><th scope=\"row\">")
                    .append(Html.escape(rows.get(row)))
                    .append("</th>");
            for (int column = 0; column < columns.size(); column++) {
                html.append(cell(rows.get(row), columns.get(column), weights[row * columns.size() + column]));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }

    /** The number is there for those who point at a cell, or have it read to them. */
    private static String cell(String row, String column, float weight) {
        String title = String.format(Locale.ROOT, "%s to %s: %.2f", row, column, weight);
        return String.format(
                Locale.ROOT, "<td style=\"--weight:%.0f%%\" title=\"%s\"></td>", 100 * weight, Html.escape(title));
    }
}
