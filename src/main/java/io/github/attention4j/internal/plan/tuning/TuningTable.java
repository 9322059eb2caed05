package io.github.attention4j.internal.plan.tuning;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measured tiles, as data: one row is one measurement that won. The first row that matches and is legal is taken. */
public final class TuningTable {
    /** The columns, in order: the header line of a table. */
    public static final String HEADER = TuningRow.HEADER;

    private final String name;
    private final List<TuningRow> rows;

    private TuningTable(String name, List<TuningRow> rows) {
        this.name = name;
        this.rows = rows;
    }

    /** How the text of a family's tiles is read. */
    public interface TileReader {
        /**
         * The configuration.
         *
         * @throws IllegalArgumentException saying what is wrong with the text
         */
        TileConfig read(KernelFamily family, String tiles);
    }

    /**
     * A table of the user's, in UTF-8; as a spreadsheet saves it too, with a byte-order mark, lines that end in CR LF,
     * and cells in quotes.
     *
     * @throws IllegalArgumentException naming file and line, if it is not one
     */
    public static TuningTable read(Path file, TileReader tiles) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return read(file.toString(), reader, tiles);
        } catch (IOException e) {
            throw new IllegalArgumentException("the tuning file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * A table from anywhere.
     *
     * @param name what messages call it
     * @throws IllegalArgumentException naming it and the line, if it is not one
     */
    public static TuningTable read(String name, Reader reader, TileReader tiles) throws IOException {
        return new TuningTable(
                name,
                rows(
                        name,
                        reader,
                        HEADER,
                        new RowReader<>() { // not a lambda, for a fast start
                            @Override
                            public TuningRow read(String line) {
                                return TuningRow.parse(line, tiles);
                            }
                        }));
    }

    /** How a line becomes a row. */
    public interface RowReader<R> {
        /**
         * The row.
         *
         * @throws IllegalArgumentException saying what is wrong with the line
         */
        R read(String line);
    }

    /**
     * The rows of a table of any kind, without comments and its header.
     *
     * @throws IllegalArgumentException naming it and the line, if it is not one
     */
    public static <R> List<R> rows(String name, Reader reader, String header, RowReader<R> each) throws IOException {
        List<R> rows = new ArrayList<>();
        BufferedReader lines = new BufferedReader(reader);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            line = plain(line);
            if (line.isBlank() || line.startsWith("#") || line.equals(header)) {
                continue;
            }
            try {
                rows.add(each.read(line));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ", line " + number + ": " + e.getMessage(), e);
            }
        }
        return rows;
    }

    /**
     * A line as we write it: spreadsheets put a byte-order mark before the first, quotes around cells that need none,
     * empty cells behind comments.
     */
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
    public List<TuningRow> rows() {
        return List.copyOf(rows);
    }

    /** Where the table came from. */
    public String name() {
        return name;
    }

    /**
     * The first row that matches and is legal on the device.
     *
     * @param type what the row must have been measured with
     */
    public Optional<TuningRow> find(KernelFamily family, String type, AttentionSpec spec, Device device) {
        for (TuningRow row : rows) {
            if (row.matches(family, type, spec, device)
                    && row.tiles().obstacle(spec, device).isEmpty()) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }
}
