package io.github.attention4j.bench.tune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Table;
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

    /** A shape of a target; a gain is null where the best is the same. */
    private record Line(Tuned tuned, Gain overHeuristic, Gain overOwn) {
        Gain any() {
            return overHeuristic != null ? overHeuristic : overOwn;
        }

        double heuristicMillis() {
            return overHeuristic != null ? overHeuristic.otherMillis() : overOwn.millis();
        }
    }

    /** A line for each shape of each target that was tuned; 1 stands where the best is the same. */
    public static Table<?> table(List<Tuned> results) {
        Table<Line> table = new Table<Line>()
                .words("target", null, line -> line.tuned().target().toString())
                .words("shape", null, line -> line.any().shape())
                .words("", null, line -> line.tuned().row() != null ? "written" : "own stay")
                .number("best ms", null, "%.3f", line -> line.any().millis())
                .number("heuristic ms", null, "%.3f", line -> line.heuristicMillis())
                .number("x heuristic", null, "%.3f", line -> ratio(line.overHeuristic()))
                .number("spread", null, "%.3f", line -> line.any().spread())
                .number("x planner's own", null, "%.3f", line -> ratio(line.overOwn()));
        for (Tuned tuned : results) {
            int shapes = Math.max(tuned.overHeuristic().size(), tuned.overOwn().size());
            for (int i = 0; i < shapes; i++) {
                table.add(List.of(new Line(tuned, at(tuned.overHeuristic(), i), at(tuned.overOwn(), i))));
            }
        }
        return table;
    }

    private static Gain at(List<Gain> gains, int i) {
        return i < gains.size() ? gains.get(i) : null;
    }

    private static double ratio(Gain gain) {
        return gain == null ? 1 : gain.ratio();
    }

    /**
     * {@code device}, {@code driver} and {@code commit}, {@code tuned} with one object for each target, and
     * {@code failures}.
     */
    public static ObjectNode json(Machine machine, List<Tuned> results, List<String> failures) {
        ObjectNode root = JsonFile.head(machine);
        ArrayNode all = root.putArray("tuned");
        for (Tuned tuned : results) {
            ObjectNode node = all.addObject();
            node.put("target", tuned.target().toString());
            if (tuned.note() != null) {
                node.put("note", tuned.note());
                continue;
            }
            node.put("tried", tuned.tried());
            node.put("best", tuned.best().text());
            node.put("gflops", tuned.gflops());
            node.put("plannersOwn", tuned.own().text());
            node.put("heuristic", tuned.heuristic().text());
            node.set("overPlannersOwn", JsonFile.tree(tuned.overOwn()));
            node.set("overHeuristic", JsonFile.tree(tuned.overHeuristic()));
            node.put("row", tuned.row());
        }
        root.set("failures", JsonFile.tree(failures));
        return root;
    }
}
