package io.github.attention4j.bench.memory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.TextTable;
import java.util.List;
import java.util.Locale;

/**
 * One figure.
 *
 * @param device where it was found
 * @param what it is
 * @param value how much, or NaN if it is not known
 * @param unit {@code "ms"}, {@code "bytes"} or empty
 * @param note what to say beside it, or empty
 */
public record Fact(String device, String what, double value, String unit, String note) {
    private static final double KIB = 1024;

    /** A line for each. */
    public static TextTable table(List<Fact> facts) {
        return new TextTable(
                List.of("device", "what", "note", "value"),
                3,
                facts.stream()
                        .map(fact -> List.of(fact.device(), fact.what(), fact.note(), fact.text()))
                        .toList());
    }

    /** The value with its unit, bytes in units that people read. */
    String text() {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        if (!unit.equals("bytes")) {
            String number = String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
            return (number + " " + unit).trim();
        }
        double size = Math.abs(value);
        return size < 10 * KIB
                ? String.format(Locale.ROOT, "%.0f B", value)
                : size < 10 * KIB * KIB
                        ? String.format(Locale.ROOT, "%.0f KiB", value / KIB)
                        : String.format(Locale.ROOT, "%.0f MiB", value / KIB / KIB);
    }

    /** Fills an object of the JSON file. */
    public void fill(ObjectNode node) {
        node.put("device", device);
        node.put("what", what);
        if (!Double.isNaN(value)) {
            node.put("value", value);
        }
        node.put("unit", unit);
        if (!note.isEmpty()) {
            node.put("note", note);
        }
    }
}
