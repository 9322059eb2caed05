package io.github.attention4j.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves over an axis on which each step doubles, with text as text and in the colours of the page. */
public final class LineChart {
    private static final int WIDTH = 360; // as narrow as a telephone, so that its text is never made smaller
    private static final int HEIGHT = 240;
    private static final int LEFT = 44;
    private static final int BOTTOM = 40;
    private static final int TOP = 12;
    private static final int RIGHT = 12;
    private static final int LINES = 4;
    private static final int LABEL = 46; // width of a number below the axis
    private static final int COLOURS = 6; // as many as the style sheet has for curves

    private final StringBuilder svg = new StringBuilder();
    private final double least;
    private final double most;
    private final double highest;

    private LineChart(List<Curve> curves) {
        least = curves.stream()
                .flatMap(curve -> curve.x().stream())
                .min(Double::compare)
                .orElse(1.0);
        most = curves.stream()
                .flatMap(curve -> curve.x().stream())
                .max(Double::compare)
                .orElse(2.0);
        highest = rounded(curves.stream()
                .flatMap(curve -> curve.y().stream())
                .max(Double::compare)
                .orElse(1.0));
    }

    /**
     * A curve.
     *
     * @param name for the legend
     * @param x in rising order, above 0
     * @param y as many
     */
    public record Curve(String name, List<Double> x, List<Double> y) {}

    /** The chart as an element to paste into a page. */
    public static String html(String title, String xTitle, String yTitle, List<Curve> curves) {
        StringBuilder html = new StringBuilder("<figure class=\"lines\">\n<figcaption>" + Html.escape(title) + " <span>"
                + Html.escape(yTitle) + "</span></figcaption>\n");
        html.append(new LineChart(curves).draw(title, xTitle, curves)).append("<ul class=\"legend\">\n");
        for (int i = 0; i < curves.size(); i++) {
            html.append("<li class=\"curve")
                    .append(i % COLOURS)
                    .append("\">")
                    .append(Html.escape(curves.get(i).name()))
                    .append("</li>\n");
        }
        return html.append("</ul>\n</figure>\n").toString();
    }

    private String draw(String title, String xTitle, List<Curve> curves) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\">\n",
                Html.escape(title),
                WIDTH,
                HEIGHT));
        for (int i = 0; i <= LINES; i++) {
            double y = highest * i / LINES;
            line("grid", LEFT, y(y), WIDTH - RIGHT, y(y));
            text("end", LEFT - 6, y(y) + 4, number(y));
        }
        double free = 0;
        for (double x = least; x <= most * 1.001; x *= 2) {
            if (x(x) >= free) {
                text("middle", x(x), HEIGHT - BOTTOM + 16, number(x));
                free = x(x) + LABEL;
            }
        }
        text("middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, xTitle);
        for (int i = 0; i < curves.size(); i++) {
            draw(i, curves.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(int number, Curve curve) {
        List<String> points = new ArrayList<>();
        for (int i = 0; i < curve.x().size(); i++) {
            double x = x(curve.x().get(i));
            double y = y(curve.y().get(i));
            points.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y));
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle class=\"curve%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n",
                    number % COLOURS,
                    x,
                    y));
        }
        svg.append("<polyline class=\"curve" + number % COLOURS + "\" points=\"" + String.join(" ", points) + "\"/>\n");
    }

    private double x(double x) {
        double share = most > least ? Math.log(x / least) / Math.log(most / least) : 0.5;
        return LEFT + 8 + share * (WIDTH - RIGHT - LEFT - 24);
    }

    private double y(double y) {
        return HEIGHT - BOTTOM - y / highest * (HEIGHT - BOTTOM - TOP);
    }

    private void line(String style, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                style,
                x1,
                y1,
                x2,
                y2));
    }

    private void text(String anchor, double x, double y, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
                anchor,
                x,
                y,
                Html.escape(text)));
    }

    /** The next number of one digit and zeros, of which four equal parts read well. */
    private static double rounded(double x) {
        if (!(x > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(x)));
        for (double first : new double[] {1, 2, 4, 8}) {
            if (first * power >= x) {
                return first * power;
            }
        }
        return 10 * power;
    }

    private static String number(double x) {
        return x == Math.rint(x) ? String.format(Locale.ROOT, "%,.0f", x) : String.format(Locale.ROOT, "%.3g", x);
    }
}
