package io.github.attention4j.bench.decode;

import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import java.util.List;

/** How fast steps of text generation read their caches. */
public final class DecodeReport {
    private static final String ABOUT =
            "One query a head over full caches. Every answer was checked before it was timed. \"Reading alone\" is what a kernel that only reads reached in"
                    + " turns with the steps, and \"share\" is of that.";

    private DecodeReport() {}

    /** A line for each device and case. */
    public static Table<DecodeRow> table(List<DecodeRow> rows) {
        return new Table<DecodeRow>()
                .words("device", "device", DecodeRow::device)
                .words("family", "family", DecodeRow::family)
                .words("heads", null, row -> row.problem().headCounts())
                .field("heads", row -> row.problem().heads())
                .words("cache", null, row -> row.problem().shape())
                .field("batch", row -> row.problem().batch())
                .field("keys", row -> row.problem().keys())
                .words("type", "type", row -> row.problem().typeName())
                .number("median ms", "medianMs", "%.3f", DecodeRow::millis)
                .number("GB/s read", "gigabytesPerSecond", "%.2f", DecodeRow::gigabytesPerSecond)
                .number("reading alone", "readingAloneGigabytesPerSecond", "%.2f", DecodeRow::readGigabytes)
                .number("share", null, "%.0f %%", row -> 100 * row.share())
                .number("tokens/s a layer", "tokensPerSecond", "%.0f", DecodeRow::tokensPerSecond)
                .number("max error", "maxError", "%.1e", DecodeRow::error)
                .add(rows);
    }

    /** All of it. */
    public static Report of(Machine machine, List<String> summary, List<DecodeRow> rows) {
        return new Report(machine, "Steps of text generation")
                .summary(summary)
                .table("All figures", ABOUT, "results", table(rows));
    }
}
