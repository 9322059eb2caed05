package io.github.attention4j.bench.report;

import io.github.attention4j.examples.encoder.Weights;
import java.util.Locale;

/**
 * The attention weights of one head as a table of coloured cells: a row for each query, a column for each key, the
 * tokens on both sides.
 */
final class HeatMap {
    private HeatMap() {}

    static String html(Weights weights) {
        String[] tokens = weights.tokens();
        StringBuilder html = new StringBuilder("<table class=\"heat\">\n<caption>" + Html.escape(weights.title())
                + ": rows are the tokens that look, columns those that are looked at</caption>\n<thead><tr><td></td>");
        for (String token : tokens) {
            html.append("<th scope=\"col\"><span>").append(Html.escape(token)).append("</span></th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (int query = 0; query < tokens.length; query++) {
            html.append("<tr><th scope=\"row\">")
                    .append(Html.escape(tokens[query]))
                    .append("</th>");
            for (int key = 0; key < tokens.length; key++) {
                html.append(cell(tokens[query], tokens[key], weights.matrix()[query * tokens.length + key]));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }

    /** The number is there for those who point at a cell, or have it read to them. */
    private static String cell(String query, String key, float weight) {
        String title = String.format(Locale.ROOT, "%s to %s: %.2f", query, key, weight);
        return String.format(
                Locale.ROOT, "<td style=\"--weight:%.0f%%\" title=\"%s\"></td>", 100 * weight, Html.escape(title));
    }
}
