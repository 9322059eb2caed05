package io.github.attention4j.bench.report;

import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.report.BarChart.Bar;
import java.util.List;
import java.util.Locale;

/** How fast each contender was on one problem, as bars. */
final class SpeedChart {
    private SpeedChart() {}

    static String html(Result result) {
        List<Bar> bars = result.rows().stream().map(SpeedChart::bar).toList();
        return new BarChart(Problem.shape(result.rows().get(0).spec()), "GFLOP/s", bars, "%.1f").html();
    }

    private static Bar bar(Row row) {
        String share =
                Double.isNaN(row.share()) ? "" : String.format(Locale.ROOT, "%.0f %% of peak", 100 * row.share());
        return new Bar(label(row), row.gflops(), share, row.isOurs());
    }

    private static String label(Row row) {
        if (!row.isOurs()) {
            return row.engine();
        }
        String family = row.device().equals(row.family()) ? "" : " " + row.family();
        return row.engine() + " " + row.device() + family;
    }
}
