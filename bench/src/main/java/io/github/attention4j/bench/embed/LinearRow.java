package io.github.attention4j.bench.embed;

import io.github.attention4j.bench.report.Table;
import io.github.attention4j.layers.LinearSpec;
import java.util.List;

/**
 * What a linear layer reached.
 *
 * @param device where
 * @param type of input and weights
 * @param spec its sizes
 * @param family which kernel ran
 * @param millis the median of the calls
 * @param peak what multiply-adds alone reach there, in GFLOP/s, or NaN
 * @param maxError the largest distance from sums in double of the same numbers, over a sample of the outputs
 * @param allowed what that may be
 */
public record LinearRow(
        String device,
        String type,
        LinearSpec spec,
        String family,
        double millis,
        double peak,
        double maxError,
        double allowed) {
    double gflops() {
        return 2e-6 * spec.rows() * spec.inFeatures() * spec.outFeatures() / millis;
    }

    /** Whether the answer was right. */
    public boolean isRight() {
        return maxError <= allowed;
    }

    /** All rows. */
    public static Table<LinearRow> table(List<LinearRow> rows) {
        return new Table<LinearRow>()
                .words("device", "device", LinearRow::device)
                .words("type", "type", LinearRow::type)
                .text("rows", "rows", row -> "" + row.spec.rows())
                .text("features", "features", row -> row.spec.inFeatures() + "→" + row.spec.outFeatures())
                .words("kernel", "family", LinearRow::family)
                .millis("ms", "medianMs", LinearRow::millis)
                .number("GFLOP/s", "gflops", "%.1f", LinearRow::gflops)
                .number("share of multiply-adds alone", "shareOfPeak", "%.2f", row -> row.gflops() / row.peak)
                .number("error", "maxError", "%.1e", LinearRow::maxError)
                .words("answer", "answer", row -> row.isRight() ? "right" : "WRONG")
                .add(rows);
    }
}
