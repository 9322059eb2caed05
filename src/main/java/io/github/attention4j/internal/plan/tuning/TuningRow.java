package io.github.attention4j.internal.plan.tuning;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.Arrays;
import java.util.List;

/**
 * One measurement that won. Numbers of the key are the largest that the row speaks for; 0, written {@code any}, is no
 * limit.
 *
 * @param family the kernel family
 * @param device a device name, {@code vendor/TYPE}, or {@code *}
 * @param dtype element type
 * @param headDim head size
 * @param queries queries a head
 * @param heads query heads that read one key/value head
 * @param causal {@code yes}, {@code no} or {@code any}
 * @param tiles what won
 * @param gflops at what rate
 * @param measuredWith by what
 * @param date when
 */
public record TuningRow(
        KernelFamily family,
        String device,
        String dtype,
        int headDim,
        int queries,
        int heads,
        String causal,
        TileConfig tiles,
        double gflops,
        String measuredWith,
        String date) {
    static final String HEADER = "pass,family,device,dtype,headDim,queries,heads,causal,tiles,gflops,measuredWith,date";

    /** What a row may be about so far. */
    private static final String PASS = "forward";

    private static final String ANY = "any";

    static TuningRow parse(String line, TuningTable.TileReader tiles) {
        String[] cells = line.split(",", -1);
        if (cells.length != HEADER.split(",").length) {
            boolean semicolons = cells.length < line.split(";", -1).length;
            throw new IllegalArgumentException("a row must have the columns " + HEADER + ", but has " + cells.length
                    + " cells"
                    + (semicolons
                            ? "; its cells are separated by semicolons: save the file with commas between cells, and points in numbers"
                            : ""));
        }
        if (!cells[0].equals(PASS)) {
            throw new IllegalArgumentException("pass must be " + PASS + ", but is \"" + cells[0] + "\"");
        }
        if (!List.of("yes", "no", ANY).contains(cells[7])) {
            throw new IllegalArgumentException("causal must be yes, no or any, but is \"" + cells[7] + "\"");
        }
        KernelFamily family = family(cells[1]);
        return new TuningRow(
                family,
                cells[2],
                cells[3],
                whole("headDim", cells[4]),
                limit("queries", cells[5]),
                limit("heads", cells[6]),
                cells[7],
                tiles.read(family, cells[8]),
                gflops(cells[9]),
                cells[10],
                cells[11]);
    }

    private static KernelFamily family(String cell) {
        for (KernelFamily family : KernelFamily.values()) {
            if (family.name().equals(cell)) {
                return family;
            }
        }
        throw new IllegalArgumentException(
                "family must be one of " + Arrays.toString(KernelFamily.values()) + ", but is \"" + cell + "\"");
    }

    private static int limit(String name, String cell) {
        return cell.equals(ANY) ? 0 : whole(name, cell);
    }

    private static int whole(String name, String cell) {
        try {
            return Integer.parseInt(cell);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, but is \"" + cell + "\"", e);
        }
    }

    private static double gflops(String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("gflops must be a number, but is \"" + cell + "\"", e);
        }
    }

    /** The row as a line of a table. */
    public String line() {
        return String.join(
                ",",
                PASS,
                family.name(),
                device,
                dtype,
                Integer.toString(headDim),
                queries == 0 ? ANY : Integer.toString(queries),
                heads == 0 ? ANY : Integer.toString(heads),
                causal,
                tiles.text(),
                Double.toString(gflops),
                measuredWith,
                date);
    }

    /** "tuned for …": where the row is from, for people. */
    public String origin(String table) {
        return "tuned for " + device + " (" + table + ", " + gflops + " GFLOP/s, " + measuredWith + ", " + date + ")";
    }

    /** Whether a cell of a table means a device: by its name, by vendor and type, or all. */
    public static boolean isFor(String cell, Device device) {
        return cell.equals("*") || cell.equals(device.name()) || cell.equals(device.vendor() + "/" + device.type());
    }

    /** What a cell calls a device, whose name may have no comma there. */
    public static String cell(Device device) {
        return device.name().contains(",") ? device.vendor() + "/" + device.type() : device.name();
    }

    boolean matches(KernelFamily family, String type, AttentionSpec spec, Device on) {
        boolean thisMask =
                causal.equals(ANY) || causal.equals("yes") == spec.mask().isBounded();
        return this.family == family
                && isFor(device, on)
                && thisMask
                && dtype.equals(type)
                && headDim >= Math.max(spec.headDim(), spec.valueDim())
                && (queries == 0 || queries >= spec.queryLength())
                && (heads == 0 || heads >= spec.groupSize());
    }
}
