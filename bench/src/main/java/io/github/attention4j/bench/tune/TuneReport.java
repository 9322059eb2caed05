package io.github.attention4j.bench.tune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Table;
import java.util.List;

/** What tuning gained, shape by shape. */
public final class TuneReport {
    private TuneReport() {}

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
