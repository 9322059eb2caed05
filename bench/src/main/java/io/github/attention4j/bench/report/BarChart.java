package io.github.attention4j.bench.report;

import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;

/** Named numbers as bars. */
public final class BarChart {
    /** XChart leaves out names of bars that are closer together than its hint for the other axis. */
    private static final int SPACING = 36;

    private static final int WIDTH = 520;
    private static final int FRAME = 90; // height of title and axis
    private static final int BAR = 40; // height of one bar with its gap

    private BarChart() {}

    /**
     * The chart as an element to paste into HTML.
     *
     * @param unit what the numbers are
     * @param description what is seen, for readers who do not see it
     * @param names as many as values, at least one
     * @param pattern how the numbers are written, such as {@code "#,##0.#"}
     */
    public static String svg(
            String title, String unit, String description, List<String> names, List<Double> values, String pattern) {
        HorizontalBarChart chart = new HorizontalBarChartBuilder()
                .width(WIDTH)
                .height(FRAME + BAR * names.size())
                .title(title)
                .xAxisTitle(unit)
                .build();
        style(chart, pattern);
        double longest = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMax(longest > 0 ? longest * 1.18 : 1); // room for the label behind the longest bar
        chart.addSeries(unit, values, names).setFillColor(Colours.BAR);
        return Svg.inline(chart, description);
    }

    private static void style(HorizontalBarChart chart, String pattern) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.getStyler()
                .setLabelsVisible(true)
                .setLabelsPosition(1.08)
                .setLabelsFont(plain)
                .setLabelsFontColorAutomaticEnabled(false)
                .setLabelsFontColor(Colours.TEXT)
                .setAvailableSpaceFill(0.62);
        chart.getStyler()
                .setAxisTickLabelsFont(plain)
                .setAxisTitleFont(plain)
                .setAxisTickLabelsColor(Colours.TEXT)
                .setPlotGridLinesColor(Colours.GRID)
                .setPlotGridHorizontalLinesVisible(false)
                .setXAxisDecimalPattern(pattern)
                .setYAxisTitleVisible(false)
                .setXAxisTickMarkSpacingHint(SPACING)
                .setAxisTicksLineVisible(false)
                .setAxisTicksMarksVisible(false);
        chart.getStyler()
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13))
                .setChartFontColor(Colours.TEXT)
                .setChartTitleBoxVisible(false)
                .setChartBackgroundColor(Colours.BACKGROUND)
                .setPlotBackgroundColor(Colours.BACKGROUND)
                .setPlotBorderVisible(false)
                .setLegendVisible(false)
                .setSeriesColors(new Color[] {Colours.BAR})
                .setDecimalPattern(pattern)
                .setLocale(Locale.ROOT);
    }
}
