package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Resource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Measured tiles, as data: one row is one measurement that won. The first row that matches and is legal is taken. */
public final class TuningTable {
    /** The columns, in order: the header line of a table. */
    public static final String HEADER = "family,device,dtype,headDim,causal,tiles,gflops,measuredWith,date";

    private final String name;
    private final List<Row> rows;

    private TuningTable(String name, List<Row> rows) {
        this.name = name;
        this.rows = rows;
    }

    /**
     * One measurement.
     *
     * @param family the kernel family
     * @param device a device name, {@code vendor/TYPE}, or {@code *}
     * @param dtype element type
     * @param headDim the largest head size the row speaks for
     * @param causal {@code yes}, {@code no} or {@code any}
     * @param tiles what won
     * @param gflops at what rate
     * @param measuredWith by what
     * @param date when
     */
    public record Row(
            KernelFamily family,
            String device,
            String dtype,
            int headDim,
            String causal,
            TileConfig tiles,
            double gflops,
            String measuredWith,
            String date) {

        static Row parse(String line) {
            String[] cells = line.split(",", -1);
            if (cells.length != HEADER.split(",").length) {
                boolean semicolons = cells.length < line.split(";", -1).length;
                throw new IllegalArgumentException("a row must have the columns " + HEADER + ", but has "
                        + cells.length + " cells"
                        + (semicolons
                                ? "; its cells are separated by semicolons: save the file with commas between cells, and points in numbers"
                                : ""));
            }
            if (!List.of("yes", "no", "any").contains(cells[4])) {
                throw new IllegalArgumentException("causal must be yes, no or any, but is \"" + cells[4] + "\"");
            }
            KernelFamily family = family(cells[0]);
            return new Row(
                    family,
                    cells[1],
                    cells[2],
                    headDim(cells[3]),
                    cells[4],
                    TileConfig.parse(family, cells[5]),
                    gflops(cells[6]),
                    cells[7],
                    cells[8]);
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

        private static int headDim(String cell) {
            try {
                return Integer.parseInt(cell);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("headDim must be a whole number, but is \"" + cell + "\"", e);
            }
        }

        private static double gflops(String cell) {
            try {
                return Double.parseDouble(cell);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("gflops must be a number, but is \"" + cell + "\"", e);
            }
        }

        /** "tuned for …": where the row is from, for people. */
        String origin(String table) {
            return "tuned for " + device + " (" + table + ", " + gflops + " GFLOP/s, " + measuredWith + ", " + date
                    + ")";
        }

        boolean matches(KernelFamily family, String type, AttentionSpec spec, Device on) {
            boolean thisDevice =
                    device.equals("*") || device.equals(on.name()) || device.equals(on.vendor() + "/" + on.type());
            boolean thisMask =
                    causal.equals("any") || causal.equals("yes") == spec.mask().isBounded();
            return this.family == family
                    && thisDevice
                    && thisMask
                    && dtype.equals(type)
                    && headDim >= Math.max(spec.headDim(), spec.valueDim());
        }
    }

    /** What a row must have been measured with: only matrix units, and dot products of bf16 or bytes, care how many bits the inputs have. */
    static String measuredType(KernelFamily family, AttentionSpec spec) {
        return family == KernelFamily.MATRIX ? spec.operand(Operand.KEY).dtype().name() : "F32";
    }

    /** The table that comes with the library. */
    public static TuningTable packaged() {
        try {
            byte[] table = Resource.bytes(TuningTable.class, "/io/github/attention4j/tuning.csv");
            return read("packaged tuning.csv", new StringReader(new String(table, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("tuning.csv in the library's jar cannot be read", e);
        }
    }

    /**
     * A table of the user's, in UTF-8; as a spreadsheet saves it too, with a byte-order mark, lines that end in CR LF, and cells in quotes.
     *
     * @throws IllegalArgumentException naming file and line, if it is not one
     */
    public static TuningTable read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return read(file.toString(), reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("the tuning file " + file + " cannot be read: " + e, e);
        }
    }

    static TuningTable read(String name, Reader reader) throws IOException {
        List<Row> rows = new ArrayList<>();
        BufferedReader lines = new BufferedReader(reader);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            line = plain(line);
            if (line.isBlank() || line.startsWith("#") || line.equals(HEADER)) {
                continue;
            }
            try {
                rows.add(Row.parse(line));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ", line " + number + ": " + e.getMessage(), e);
            }
        }
        return new TuningTable(name, rows);
    }

    /** A line as we write it: spreadsheets put a byte-order mark before the first, quotes around cells that need none, empty cells behind comments. */
    private static String plain(String line) {
        int from = !line.isEmpty() && line.charAt(0) == '\ufeff' ? 1 : 0;
        boolean quoted = line.indexOf('"', from) == from;
        if (!quoted && line.indexOf(",\"") < 0) {
            return line.substring(from).strip();
        }
        StringBuilder plain = new StringBuilder();
        for (int i = from; i < line.length(); i++) {
            if (line.charAt(i) != '"') {
                plain.append(line.charAt(i));
            }
        }
        return plain.toString().strip();
    }

    /** All rows. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Where the table came from. */
    public String name() {
        return name;
    }

    /** The first row that matches and is legal on the device. */
    public Optional<Row> find(KernelFamily family, AttentionSpec spec, Device device) {
        return find(family, measuredType(family, spec), spec, device);
    }

    /** Likewise, of those that were measured with this type. */
    Optional<Row> find(KernelFamily family, String type, AttentionSpec spec, Device device) {
        for (Row row : rows) {
            if (row.matches(family, type, spec, device)
                    && row.tiles().obstacle(spec, device).isEmpty()) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }
}
