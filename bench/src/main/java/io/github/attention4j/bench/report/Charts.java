package io.github.attention4j.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;

/**
 * Charts in plain HTML: their text can be searched, read aloud and copied, and they take the width and the colours of
 * the page.
 */
public final class Charts {
    private Charts() {}

    /**
     * A bar.
     *
     * @param name of the contender
     * @param value its length
     * @param note what is said behind the value, or empty
     * @param isOurs whether the engine is the contender, which is marked
     */
    public record Bar(String name, double value, String note, boolean isOurs) {}

    /**
     * Named numbers as bars, in this order.
     *
     * @param title what is compared
     * @param unit what the numbers are
     * @param format how the numbers are written, such as {@code "%.1f"}
     */
    public static String bars(String title, String unit, String format, List<Bar> bars) {
        double longest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        return bars.stream()
                .map(bar -> String.format(
                        Locale.ROOT,
                        "<li%s><span class=\"name\">%s</span><span class=\"track\"><span style=\"width:%.1f%%\"></span></span>"
                                + "<span class=\"value\"><b>"
                                + format + "</b> %s</span></li>\n",
                        bar.isOurs() ? " class=\"ours\"" : "",
                        Html.escape(bar.name()),
                        longest > 0 ? 100 * bar.value() / longest : 0,
                        bar.value(),
                        Html.escape(bar.note())))
                .collect(Collectors.joining(
                        "",
                        "<figure class=\"bars\">\n<figcaption>" + Html.escape(title) + " <span>" + Html.escape(unit)
                                + "</span></figcaption>\n<ul>\n",
                        "</ul>\n</figure>\n"));
    }

    /**
     * Attention weights as a table of coloured cells: a row for each query, a column for each key, their names on both
     * sides. Where the names of the keys are single characters the columns are narrow, and narrower on a narrow page.
     *
     * @param weight of a row and a column, by their numbers: from 0 to 1
     */
    public static String heatMap(
            String title, List<String> rows, List<String> columns, ToDoubleBiFunction<Integer, Integer> weight) {
        boolean hasLetters = columns.stream().allMatch(name -> name.length() == 1);
        StringBuilder html = new StringBuilder("<table class=\"heat" + (hasLetters ? " letters" : "")
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
                html.append(cell(rows.get(row), columns.get(column), weight.applyAsDouble(row, column)));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }

    /** The number is there for those who point at a cell, or have it read to them. */
    private static String cell(String query, String key, double weight) {
        String title = String.format(Locale.ROOT, "%s to %s: %.2f", query, key, weight);
        return String.format(
                Locale.ROOT, "<td style=\"--weight:%.0f%%\" title=\"%s\"></td>", 100 * weight, Html.escape(title));
    }
}
