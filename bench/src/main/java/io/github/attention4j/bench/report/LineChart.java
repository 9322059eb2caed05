package io.github.attention4j.bench.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over an axis on which each step doubles. */
public final class LineChart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;

    private LineChart() {}

    /**
     * A curve.
     *
     * @param name for the legend
     * @param x in rising order, above 0
     * @param y as many
     */
    public record Curve(String name, List<Double> x, List<Double> y) {}

    /** The chart as an element to paste into HTML. */
    public static String svg(String title, String xTitle, String yTitle, List<Curve> curves) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisMin(0.0)
                .setAxisTickLabelsFont(plain)
                .setAxisTitleFont(plain)
                .setAxisTickLabelsColor(Colours.TEXT)
                .setPlotGridLinesColor(Colours.GRID)
                .setXAxisDecimalPattern("#,##0")
                .setYAxisDecimalPattern("#,##0.#");
        chart.getStyler()
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13))
                .setChartFontColor(Colours.TEXT)
                .setChartTitleBoxVisible(false)
                .setChartBackgroundColor(Colours.BACKGROUND)
                .setPlotBackgroundColor(Colours.BACKGROUND)
                .setPlotBorderVisible(false)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendFont(plain)
                .setLegendBorderColor(Colours.BACKGROUND)
                .setSeriesColors(Colours.CURVES)
                .setLocale(Locale.ROOT);
        for (Curve curve : curves) {
            chart.addSeries(curve.name(), curve.x(), curve.y())
                    .setMarker(SeriesMarkers.CIRCLE)
                    .setLineStyle(new BasicStroke(2));
        }
        return Svg.inline(chart, title);
    }
}
