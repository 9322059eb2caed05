package io.github.attention4j.bench.report;

import io.github.attention4j.bench.attention.Problem;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;

/** How fast each contender was on one problem, as bars. */
final class SpeedChart {
    /** XChart leaves out names of bars that are closer together than its hint for the other axis. */
    private static final int SPACING = 36;

    private static final int WIDTH = 520;
    private static final int FRAME = 90; // height of title and axis
    private static final int BAR = 40; // height of one bar with its gap

    private SpeedChart() {}

    static String svg(Result result) {
        List<Row> rows = result.rows();
        String title = Problem.shape(rows.get(0).spec());
        HorizontalBarChart chart = new HorizontalBarChartBuilder()
                .width(WIDTH)
                .height(FRAME + BAR * rows.size())
                .title(title)
                .xAxisTitle("GFLOP/s")
                .build();
        style(chart);
        double fastest = rows.stream().mapToDouble(Row::gflops).max().orElse(1);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMax(fastest * 1.18); // room for the label behind the longest bar
        chart.addSeries(
                        "GFLOP/s",
                        rows.stream().map(Row::gflops).toList(),
                        rows.stream().map(SpeedChart::label).toList())
                .setFillColor(Colours.BAR);
        return Svg.inline(chart, "Speed of each device on " + title);
    }

    private static String label(Row row) {
        if (!row.engine().equals("attention4j")) {
            return row.engine();
        }
        return row.device().equals(row.family()) ? row.device() : row.device() + " " + row.family();
    }

    private static void style(HorizontalBarChart chart) {
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
                .setXAxisDecimalPattern("#,##0.#")
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
                .setDecimalPattern("0.0")
                .setLocale(Locale.ROOT);
    }
}
