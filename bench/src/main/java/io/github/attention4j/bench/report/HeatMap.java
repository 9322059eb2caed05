package io.github.attention4j.bench.report;

import io.github.attention4j.bench.model.Weights;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;

/** The attention weights of one head as a heat map: a row for each query, a column for each key, the tokens on both axes. */
final class HeatMap {
    private static final int CELL = 26;
    private static final int FRAME = 170; // titles, tokens and legend

    private HeatMap() {}

    static String svg(Weights weights) {
        List<String> tokens = distinct(weights.tokens());
        int count = tokens.size();
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(FRAME + 60 + CELL * count)
                .height(FRAME + CELL * count)
                .title(weights.title())
                .xAxisTitle("key: the token that is looked at")
                .yAxisTitle("query: the token that looks")
                .build();
        style(chart);
        List<String> fromBottom = new ArrayList<>(tokens);
        Collections.reverse(fromBottom); // so that the sentence starts at the top
        List<Number[]> cells = new ArrayList<>();
        for (int query = 0; query < count; query++) {
            for (int key = 0; key < count; key++) {
                cells.add(new Number[] {key, count - 1 - query, weights.matrix()[query * count + key]});
            }
        }
        chart.addSeries("weight", tokens, fromBottom, cells);
        return Svg.inline(chart, "Attention weights of the sentence: " + String.join(" ", weights.tokens()));
    }

    /** Axes take a name only once, so a token's second appearance gets a blank more, which nobody sees. */
    private static List<String> distinct(String[] tokens) {
        Set<String> used = new HashSet<>();
        return Arrays.stream(tokens)
                .map(token -> {
                    String name = token;
                    while (!used.add(name)) {
                        name += " ";
                    }
                    return name;
                })
                .toList();
    }

    private static void style(HeatMapChart chart) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.getStyler()
                .setRangeColors(Colours.HEAT)
                .setMin(0)
                .setMax(1)
                .setShowValue(false)
                .setHeatMapValueDecimalPattern("0.0")
                .setDrawBorder(false);
        chart.getStyler()
                .setAxisTickLabelsFont(plain)
                .setAxisTitleFont(plain)
                .setAxisTickLabelsColor(Colours.TEXT)
                .setXAxisLabelRotation(60)
                .setXAxisTickMarkSpacingHint(10)
                .setYAxisTickMarkSpacingHint(10)
                .setXAxisLabelAlignmentVertical(TextAlignment.Right)
                .setPlotGridLinesVisible(false)
                .setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false)
                .setPlotContentSize(1);
        chart.getStyler()
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13))
                .setChartFontColor(Colours.TEXT)
                .setChartTitleBoxVisible(false)
                .setChartBackgroundColor(Colours.BACKGROUND)
                .setPlotBackgroundColor(Colours.BACKGROUND)
                .setPlotBorderVisible(false)
                .setLegendBorderColor(Colours.BACKGROUND)
                .setLegendBackgroundColor(Colours.BACKGROUND)
                .setLegendFont(plain)
                .setLocale(Locale.ROOT);
    }
}
