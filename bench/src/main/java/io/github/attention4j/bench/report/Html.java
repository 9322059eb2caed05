package io.github.attention4j.bench.report;

import java.util.List;

/** Pieces of HTML. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A row of a table. */
    static String row(String cell, List<String> cells) {
        StringBuilder row = new StringBuilder("<tr>");
        cells.forEach(text -> row.append('<')
                .append(cell)
                .append('>')
                .append(escape(text))
                .append("</")
                .append(cell)
                .append('>'));
        return row.append("</tr>\n").toString();
    }
}
