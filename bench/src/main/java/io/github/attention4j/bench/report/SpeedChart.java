package io.github.attention4j.bench.report;

import io.github.attention4j.bench.attention.Problem;
import java.util.List;

/** How fast each contender was on one problem, as bars. */
final class SpeedChart {
    private SpeedChart() {}

    static String svg(Result result) {
        List<Row> rows = result.rows();
        String title = Problem.shape(rows.get(0).spec());
        return BarChart.svg(
                title,
                "GFLOP/s",
                "Speed of each device on " + title,
                rows.stream().map(SpeedChart::label).toList(),
                rows.stream().map(Row::gflops).toList(),
                "#,##0.#");
    }

    private static String label(Row row) {
        if (!row.engine().equals("attention4j")) {
            return row.engine();
        }
        return row.device().equals(row.family()) ? row.device() : row.device() + " " + row.family();
    }
}
