package io.github.attention4j.bench.tune;

import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.List;
import java.util.Locale;

/**
 * How tuning a target went.
 *
 * @param target what was tuned
 * @param key the cells of its row that say what that is for
 * @param note why nothing was tuned, or null; the rest then means nothing
 * @param tried how many tiles were tried
 * @param best the fastest tiles that were right
 * @param gflops their rate
 * @param own what the planner takes by itself
 * @param overOwn what the best gain over these, shape by shape
 * @param heuristic what the planner would take without any table
 * @param overHeuristic what the best gain over these, shape by shape
 * @param row the best tiles' line of the tuning table, or null if the planner's own stay
 * @param isThorough whether there was time at least for all tiles to begin with
 */
public record Tuned(
        TuningTarget target,
        String key,
        String note,
        int tried,
        Tiles best,
        double gflops,
        Tiles own,
        List<Gain> overOwn,
        Tiles heuristic,
        List<Gain> overHeuristic,
        String row,
        boolean isThorough) {

    static Tuned not(TuningTarget target, String key, String why) {
        return new Tuned(target, key, why, 0, null, Double.NaN, null, List.of(), null, List.of(), null, false);
    }

    /** Whether this overrules what an earlier run found. */
    public boolean isFinding() {
        return row != null || isThorough;
    }

    /** A line for people. */
    public String line() {
        if (note != null) {
            return target + ": " + note;
        }
        String how = String.format(Locale.ROOT, "%s, %.1f GFLOP/s, best of %d tried", best.text(), gflops, tried);
        if (best.equals(own)) {
            return target + ": the planner's own tiles stay: " + how;
        }
        double spread = overOwn.stream().mapToDouble(Gain::spread).average().orElse(0);
        String gain = String.format(
                Locale.ROOT, "%.3f times as fast as the planner's own, spread %.3f", Gain.mean(overOwn), spread);
        String instead = row != null
                ? ""
                : target.isForTables()
                        ? "the planner's own tiles stay; not beyond doubt: "
                        : "the planner's own tiles stay, for tables know no query rows; the best: ";
        return target + ": " + instead + how + ", " + gain;
    }
}
