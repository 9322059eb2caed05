package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a tuner asks of the planner: which tiles there are to try, which are legal, and what tables say. The bench
 * is the only caller.
 */
public final class Candidates {
    /** The columns of a tuning table. */
    public static final String HEADER = TuningTable.HEADER;

    private static final List<String> COLUMNS = List.of(HEADER.split(","));

    private Candidates() {}

    /**
     * Tiles, known by their text alone.
     *
     * @param family the kernel family
     * @param text as {@code explain()} and tuning tables have it
     */
    public record Tiles(KernelFamily family, String text) {
        private static Tiles of(TileConfig config) {
            return new Tiles(config.family(), config.text());
        }

        private TileConfig config() {
            return Families.parse(family, text);
        }

        /** The numbers by their names. */
        public Map<String, Integer> numbers() {
            return config().macros();
        }

        /** Why they cannot run, or empty. */
        public Optional<String> obstacle(AttentionSpec spec, Device device) {
            return config().obstacle(spec, device);
        }

        /** Why their numbers do not go together on any device, or empty. */
        public Optional<String> misfit() {
            return config().misfit();
        }

        @Override
        public String toString() {
            return family + " " + text;
        }
    }

    /**
     * What a row of a table is for.
     *
     * @param device its name, or its vendor and type
     * @param type of query, key, value and out
     * @param headDim the largest head size
     * @param queries the most queries a head; 0 for any
     * @param heads the most query heads that read one key/value head; 0 for any
     * @param causal {@code yes}, {@code no} or {@code any}
     */
    public record Key(String device, DType type, int headDim, int queries, int heads, String causal) {
        /** On a device, whose name may have no comma in a table. */
        public Key(Device device, DType type, int headDim, int queries, int heads, String causal) {
            this(TuningRow.cell(device), type, headDim, queries, heads, causal);
        }
    }

    /** What the planner would guess for a device that nobody has tuned, best first. */
    public static Set<Tiles> guesses(KernelFamily family, AttentionSpec spec, Device device) {
        Set<Tiles> tiles = new LinkedHashSet<>();
        for (Family.Variant variant : Families.of(family).variants(spec, device)) {
            variant.guesses().forEach(guess -> tiles.add(Tiles.of(guess.tiles())));
        }
        return tiles;
    }

    /** What won on any device, by the packaged tables. */
    public static Set<Tiles> winners(KernelFamily family) {
        Set<Tiles> tiles = new LinkedHashSet<>();
        Tables.packaged().forEach(table -> tiles.addAll(of(table, family)));
        return tiles;
    }

    /** What a table of the user's has, first row first. */
    public static Set<Tiles> of(Path table, KernelFamily family) {
        return of(Tables.read(table), family);
    }

    private static Set<Tiles> of(TuningTable table, KernelFamily family) {
        Set<Tiles> tiles = new LinkedHashSet<>();
        table.rows().stream().filter(row -> row.family() == family).forEach(row -> tiles.add(Tiles.of(row.tiles())));
        return tiles;
    }

    /**
     * Reads a table, to see whether it is one; how many rows it has.
     *
     * @throws IllegalArgumentException naming file and line, if it is not one
     */
    public static int rows(Path table) {
        return Tables.read(table).rows().size();
    }

    /** What the planner takes from the packaged tables for a device, or empty. */
    public static Optional<Tiles> packaged(KernelFamily family, AttentionSpec spec, Device device) {
        return found(Tables.packaged(device), family, spec, device);
    }

    /** What the planner takes from a table of the user's, or empty. */
    public static Optional<Tiles> found(Path table, KernelFamily family, AttentionSpec spec, Device device) {
        return found(List.of(Tables.read(table)), family, spec, device);
    }

    private static Optional<Tiles> found(
            List<TuningTable> tables, KernelFamily family, AttentionSpec spec, Device device) {
        for (Family.Variant variant : Families.of(family).variants(spec, device)) {
            for (TuningTable table : tables) {
                Optional<TuningRow> row = table.find(family, variant.measuredType(), spec, device);
                if (row.isPresent()) {
                    return row.map(each -> Tiles.of(each.tiles()));
                }
            }
        }
        return Optional.empty();
    }

    /** The family that the planner takes by itself, without building anything. */
    public static KernelFamily chosen(AttentionSpec spec, Device device) {
        Planner planner = new Planner(device, EngineOptions.defaults().withCacheDirectory(null));
        return planner.choose(spec, (options, tiles) -> Optional.empty())
                .tiles()
                .family();
    }

    /** The cells of a line that say what it is for: all before its tiles. */
    public static String key(String line) {
        return String.join(",", List.of(line.split(",")).subList(0, COLUMNS.indexOf("tiles")));
    }

    /** A cell of a line, by the name of its column. */
    public static String cell(String line, String column) {
        return line.split(",")[COLUMNS.indexOf(column)];
    }

    /**
     * The line of a table that makes the planner take these tiles, where they are legal.
     *
     * @param measuredWith the command that says that they are worth it
     */
    public static String line(Key key, Tiles tiles, double gflops, String measuredWith) {
        return new TuningRow(
                        tiles.family(),
                        key.device(),
                        key.type().name(),
                        key.headDim(),
                        key.queries(),
                        key.heads(),
                        key.causal(),
                        tiles.config(),
                        Math.round(gflops * 10) / 10.0,
                        measuredWith,
                        LocalDate.now().toString())
                .line();
    }

    /** Where the tuner keeps what it finds for this user; empty if nothing is kept on disk. */
    public static Optional<Path> userTable() {
        return TuningCache.file(EngineOptions.defaults());
    }
}
