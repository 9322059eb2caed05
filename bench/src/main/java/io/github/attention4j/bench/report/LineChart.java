package io.github.attention4j.bench.report;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Curves above an axis, on a scale of powers of ten, as inline SVG with text as text and in the colours of the page.
 *
 * @param title what is shown
 * @param xTitle what the axis counts, from 0
 * @param yTitle what the curves are
 * @param curves one at least
 */
public record LineChart(String title, String xTitle, String yTitle, List<Curve> curves) {
    private static final int WIDTH = 360; // as narrow as a telephone, so that its text is never made smaller
    private static final int HEIGHT = 240;
    private static final int LEFT = 56;
    private static final int BOTTOM = 40;
    private static final int TOP = 12;
    private static final int RIGHT = 20;
    private static final int NUMBERS = 6; // below the axis, at most
    private static final int COLOURS = 6; // as many as the style sheet has for curves

    /**
     * A curve.
     *
     * @param name for the legend
     * @param points two at least, from left to right
     */
    public record Curve(String name, List<Point> points) {}

    /** A point of a curve; y is above 0. */
    public record Point(double x, double y) {}

    /** The chart as an element to paste into a page. */
    public String html() {
        StringBuilder html = new StringBuilder("<figure class=\"lines\">\n<figcaption>" + Html.escape(title) + " <span>"
                + Html.escape(yTitle) + "</span></figcaption>\n" + svg() + "<ul class=\"legend\">\n");
        for (int i = 0; i < curves.size(); i++) {
            html.append("<li class=\"" + style(i) + "\">"
                    + Html.escape(curves.get(i).name()) + "</li>\n");
        }
        return html.append("</ul>\n</figure>\n").toString();
    }

    private String svg() {
        StringBuilder svg = new StringBuilder("<svg role=\"img\" aria-label=\"" + Html.escape(title)
                + "\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\">\n");
        for (int power = lowest(); power <= highest(); power++) {
            double y = y(Math.pow(10, power));
            svg.append(format(
                    "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", LEFT, y, WIDTH - RIGHT, y));
            svg.append(text(
                    "end", LEFT - 6, y + 4, power < 0 ? "0." + "0".repeat(-power - 1) + "1" : "1" + "0".repeat(power)));
        }
        for (double x = 0; x <= most(); x += apart(most())) {
            svg.append(text("middle", x(x), HEIGHT - BOTTOM + 16, format("%.0f", x)));
        }
        svg.append(text("middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, xTitle));
        for (int i = 0; i < curves.size(); i++) {
            String points = curves.get(i).points().stream()
                    .map(point -> format("%.1f,%.1f", x(point.x()), y(point.y())))
                    .collect(Collectors.joining(" "));
            svg.append("<polyline class=\"" + style(i) + "\" points=\"" + points + "\"/>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private static String style(int curve) {
        return "curve" + curve % COLOURS;
    }

    private static String text(String anchor, double x, double y, String text) {
        return format("<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", anchor, x, y, Html.escape(text));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private double x(double x) {
        return LEFT + x / most() * (WIDTH - RIGHT - LEFT);
    }

    private double y(double y) {
        double share = (Math.log10(y) - lowest()) / (highest() - lowest());
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    /** The next 1, 2 or 5 with zeros that gives few enough numbers. */
    private static double apart(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most / NUMBERS)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(first -> first * power)
                .filter(apart -> most / apart <= NUMBERS)
                .findFirst()
                .orElseThrow();
    }

    private double most() {
        return curves.stream()
                .flatMap(curve -> curve.points().stream())
                .mapToDouble(Point::x)
                .max()
                .orElseThrow();
    }

    /** The power of ten below all points. */
    private int lowest() {
        return (int) Math.floor(logs().getMin());
    }

    /** The power of ten above all points. */
    private int highest() {
        return Math.max(lowest() + 1, (int) Math.ceil(logs().getMax()));
    }

    private DoubleSummaryStatistics logs() {
        return curves.stream()
                .flatMap(curve -> curve.points().stream())
                .mapToDouble(point -> Math.log10(point.y()))
                .summaryStatistics();
    }
}
