package io.github.attention4j.bench.embed;

import io.github.attention4j.bench.report.Table;
import java.util.List;

/**
 * What one contender reached.
 *
 * @param kind who
 * @param version what ran, or why nothing did
 * @param textsMillis all texts, the median of the rounds; NaN if it did not run
 * @param oneMillis the first text alone
 * @param peakMegabytes the most memory that its process has had
 * @param leastCosine of its embeddings and the first contender's
 * @param largestError of any of their elements
 * @param isRight whether that is enough
 */
public record EmbedRow(
        EmbedKind kind,
        String version,
        double textsMillis,
        double oneMillis,
        double peakMegabytes,
        double leastCosine,
        double largestError,
        boolean isRight) {
    /** All rows, with how many times as fast as the best of the others each is. */
    public static Table<EmbedRow> table(List<EmbedRow> rows, long tokens) {
        double best = rows.stream()
                .filter(row -> !row.kind.isEngine())
                .mapToDouble(EmbedRow::textsMillis)
                .filter(millis -> !Double.isNaN(millis))
                .min()
                .orElse(Double.NaN);
        double bestOne = rows.stream()
                .filter(row -> !row.kind.isEngine())
                .mapToDouble(EmbedRow::oneMillis)
                .filter(millis -> !Double.isNaN(millis))
                .min()
                .orElse(Double.NaN);
        return new Table<EmbedRow>()
                .words("contender", "contender", row -> row.kind.name())
                .number("tokens/s", "tokensPerSecond", "%.0f", row -> 1000 * tokens / row.textsMillis)
                .number("speed over best library", "overBest", "%.2f", row -> best / row.textsMillis)
                .millis("one text, ms", "oneMillis", EmbedRow::oneMillis)
                .number("time over best library", "oneOverBest", "%.2f", row -> row.oneMillis / bestOne)
                .number("peak memory, MB", "peakMegabytes", "%.0f", EmbedRow::peakMegabytes)
                .number("least cosine", "leastCosine", "%.7f", EmbedRow::leastCosine)
                .number("largest error", "largestError", "%.1e", EmbedRow::largestError)
                .words("answer", "answer", row -> row.isRight ? "right" : "WRONG")
                .words("what ran", "version", EmbedRow::version)
                .add(rows);
    }
}
