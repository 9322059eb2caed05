package io.github.attention4j.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * Named numbers as bars, in plain HTML: its text can be searched, read aloud and copied, and it takes the width and the
 * colours of the page.
 *
 * @param title what is compared
 * @param unit what the numbers are
 * @param bars at least one, in the order in which they are shown
 * @param format how the numbers are written, such as {@code "%.1f"}
 */
public record BarChart(String title, String unit, List<Bar> bars, String format) {
    /**
     * A bar.
     *
     * @param name of the contender
     * @param value its length
     * @param note what is said behind the value, or empty
     * @param isOurs whether the engine is the contender, which is marked
     */
    public record Bar(String name, double value, String note, boolean isOurs) {}

    /** The chart as an element to paste into a page. */
    public String html() {
        double longest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        StringBuilder html = new StringBuilder("<figure class=\"bars\">\n<figcaption>" + Html.escape(title) + " <span>"
                + Html.escape(unit) + "</span></figcaption>\n<ul>\n");
        for (Bar bar : bars) {
            html.append(item(bar, longest > 0 ? 100 * bar.value() / longest : 0));
        }
        return html.append("</ul>\n</figure>\n").toString();
    }

    private String item(Bar bar, double percent) {
        return String.format(
                Locale.ROOT,
                "<li%s><span class=\"name\">%s</span><span class=\"track\"><span style=\"width:%.1f%%\"></span></span>"
                        + "<span class=\"value\"><b>"
                        + format + "</b> %s</span></li>\n",
                bar.isOurs() ? " class=\"ours\"" : "",
                Html.escape(bar.name()),
                percent,
                bar.value(),
                Html.escape(bar.note()));
    }
}
