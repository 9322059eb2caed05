package io.github.attention4j.bench.tune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What tuning gained, shape by shape. */
public final class TuneReport {
    private static final List<String> HEADER =
            List.of("target", "shape", "", "best ms", "heuristic ms", "x heuristic", "spread", "x planner's own");

    private TuneReport() {}

    /** A line for each shape of each target that was tuned; 1 stands where the best is the same. */
    public static TextTable table(List<Tuned> results) {
        List<List<String>> lines = new ArrayList<>();
        for (Tuned tuned : results) {
            int shapes = Math.max(tuned.overHeuristic().size(), tuned.overOwn().size());
            for (int i = 0; i < shapes; i++) {
                Gain heuristic =
                        i < tuned.overHeuristic().size() ? tuned.overHeuristic().get(i) : null;
                Gain own = i < tuned.overOwn().size() ? tuned.overOwn().get(i) : null;
                Gain any = heuristic != null ? heuristic : own;
                lines.add(List.of(
                        tuned.target().toString(),
                        any.shape(),
                        tuned.row() != null ? "written" : "own stay",
                        number("%.3f", any.millis()),
                        number("%.3f", heuristic != null ? heuristic.otherMillis() : any.millis()),
                        ratio(heuristic),
                        number("%.3f", any.spread()),
                        ratio(own)));
            }
        }
        return new TextTable(HEADER, 3, lines);
    }

    private static String ratio(Gain gain) {
        return number("%.3f", gain == null ? 1 : gain.ratio());
    }

    private static String number(String format, double x) {
        return String.format(Locale.ROOT, format, x);
    }

    /** {@code device}, {@code driver} and {@code commit}, {@code tuned} with one object for each target, and {@code failures}. */
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
            gains(node.putArray("overPlannersOwn"), tuned.overOwn());
            gains(node.putArray("overHeuristic"), tuned.overHeuristic());
            node.put("row", tuned.row());
        }
        ArrayNode failed = root.putArray("failures");
        failures.forEach(failed::add);
        return root;
    }

    private static void gains(ArrayNode array, List<Gain> gains) {
        for (Gain gain : gains) {
            ObjectNode node = array.addObject();
            node.put("shape", gain.shape());
            node.put("medianMs", gain.millis());
            node.put("otherMedianMs", gain.otherMillis());
            node.put("ratio", gain.ratio());
            node.put("spread", gain.spread());
        }
    }
}
