package io.github.attention4j.bench.cost;

import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Interleaved.Timing;
import java.util.List;

/**
 * What came out for one option on one device, and how it is reported.
 *
 * @param device the id of the device
 * @param family which kernel ran
 * @param shape the plain call's shape
 * @param option what is special
 * @param timing wall-clock times through the Java API
 * @param ratio how many times as long as the plain call, as {@link CostCase#offsets} says
 * @param goal what the ratio may be at most, or NaN
 * @param error the largest distance from the right answer
 */
public record CostRow(
        String device,
        String family,
        String shape,
        String option,
        Timing timing,
        double ratio,
        double goal,
        double error) {
    private static final String ABOUT =
            "Medians of calls through the Java API on tensors that are already on the device, the plain call and all options in turns. \"x plain\" says"
                    + " how many times as long as the plain call an option takes; for a ragged batch, the time for each pair of a query and a key that"
                    + " it sees. Every answer was checked on sampled rows before it was timed. Shapes are batch x heads/kvHeads x queryLength x"
                    + " keyLength x headDim.";

    /** Whether there is a goal. */
    public boolean hasGoal() {
        return !Double.isNaN(goal);
    }

    /** Whether the goal, if there is one, is met; by the ratio as measured, not as printed. */
    public boolean isMet() {
        return !(ratio > goal);
    }

    private static Table<CostRow> columns() {
        return new Table<CostRow>()
                .field("device", CostRow::device)
                .field("family", CostRow::family)
                .field("shape", CostRow::shape)
                .words("option", "option", CostRow::option)
                .number("median ms", "medianMs", "%.2f", row -> row.timing().median())
                .number("min ms", "minMs", "%.2f", row -> row.timing().min())
                .field("calls", row -> row.timing().calls())
                .number("x plain", "ratio", "%.3f", CostRow::ratio)
                .number("goal", "goal", "<= %.2f", CostRow::goal)
                .text("", null, row -> row.hasGoal() ? row.isMet() ? "met" : "MISSED" : "")
                .field("met", row -> row.hasGoal() ? row.isMet() : null)
                .number("max error", "maxError", "%.1e", CostRow::error);
    }

    /** What stands above the rows of one group: shape, device and kernel of the plain call. */
    private static String title(List<CostRow> rows) {
        CostRow plain = rows.get(0);
        return plain.shape() + " on " + plain.device() + " (" + plain.family() + ")";
    }

    /** One group as lines for a console. */
    public static String text(List<CostRow> rows) {
        return title(rows) + "\n" + columns().add(rows).text();
    }

    /** All groups. */
    public static Report of(Machine machine, List<String> summary, List<List<CostRow>> groups) {
        return addTo(new Report(machine, "What options cost").summary(summary), "All figures", groups);
    }

    /** Adds the groups to a report; returns that. */
    public static Report addTo(Report report, String heading, List<List<CostRow>> groups) {
        Table<CostRow> table = columns();
        groups.forEach(rows -> table.add(title(rows), rows));
        return report.table(heading, ABOUT, "costs", table);
    }

    /** How many goals there were, and how many were met. */
    public static String summary(List<List<CostRow>> groups) {
        List<CostRow> goals =
                groups.stream().flatMap(List::stream).filter(CostRow::hasGoal).toList();
        long met = goals.stream().filter(CostRow::isMet).count();
        return met + " of " + goals.size() + " goals are met.";
    }
}
