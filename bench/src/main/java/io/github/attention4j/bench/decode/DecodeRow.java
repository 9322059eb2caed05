package io.github.attention4j.bench.decode;

import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import java.util.List;

/**
 * A line of the table.
 *
 * @param problem what was computed
 * @param device on which
 * @param family by which kernels
 * @param millis a step, median
 * @param readGigabytes what a kernel that only reads reached meanwhile in GB/s, median; NaN on devices that have none
 * @param error the largest difference from the right answer
 */
public record DecodeRow(
        DecodeCase problem, String device, String family, double millis, double readGigabytes, double error) {
    private static final String ABOUT =
            "One query a head over full caches. Every answer was checked before it was timed. \"Reading alone\" is what a kernel that only reads reached in"
                    + " turns with the steps, and \"share\" is of that.";

    /** Keys and values read, in GB/s. */
    public double gigabytesPerSecond() {
        return problem.bytes() / millis * 1e-6;
    }

    /** The same in parts of what a kernel that only reads reached. */
    public double share() {
        return gigabytesPerSecond() / readGigabytes;
    }

    /**
     * New tokens a second of all sequences together, if there were nothing else to do for them than this one layer's
     * attention.
     */
    public double tokensPerSecond() {
        return problem.batch() * 1000 / millis;
    }

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
