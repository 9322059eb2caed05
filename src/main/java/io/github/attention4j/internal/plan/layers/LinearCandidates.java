package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that a tuner of linear layers asks of the planner. The bench is the only caller. */
public final class LinearCandidates {
    /** The columns of the table. */
    public static final String HEADER = LinearRow.HEADER;

    /** Its name in {@link EngineOptions#cacheDirectory}. */
    public static final String FILE = LinearTuning.FILE;

    private LinearCandidates() {}

    /**
     * Tiles, known by their text alone.
     *
     * @param family the kernel family
     * @param text as {@code explain()} and the table have it
     */
    public record Tiles(KernelFamily family, String text) {
        @Override
        public String toString() {
            return family + " " + text;
        }
    }

    /** What is worth trying for a layer that is no gradient: what the planner would guess, and tiles near that. */
    public static List<Tiles> of(LinearSpec spec, Device device) {
        LinearProduct product = LinearProduct.of(spec).get(0);
        Set<LinearTiles> all = new LinkedHashSet<>();
        if (device.type() == Device.Type.CPU) {
            all.addAll(LinearGuesses.few(product, device));
            LinearGuesses.lanes(product, device).forEach(each -> addNear(all, (LinearLanes) each));
        } else {
            if (product.halfType() != null) {
                all.addAll(LinearGuesses.matrix(product, device, null));
            }
            all.addAll(LinearGuesses.tiles(product, device));
        }
        List<Tiles> legal = new ArrayList<>();
        for (LinearTiles each : all) {
            if (each.obstacle(product, device).isEmpty()) {
                legal.add(new Tiles(each.family(), each.text()));
            }
        }
        return List.copyOf(legal);
    }

    /** With each size twice and half as large. */
    private static void addNear(Set<LinearTiles> all, LinearLanes at) {
        all.add(at);
        for (int up = 0; up < 2; up++) {
            all.add(with(at, at.laneVectors(), at.rowBlocks(), scaled(at.tileColumns(), up), at.tileWords()));
            all.add(with(at, at.laneVectors(), at.rowBlocks(), at.tileColumns(), scaled(at.tileWords(), up)));
            all.add(with(at, at.laneVectors(), scaled(at.rowBlocks(), up), at.tileColumns(), at.tileWords()));
            all.add(with(at, scaled(at.laneVectors(), up), at.rowBlocks(), at.tileColumns(), at.tileWords()));
        }
    }

    private static int scaled(int size, int up) {
        return up == 1 ? 2 * size : Math.max(1, size / 2);
    }

    private static LinearLanes with(LinearLanes at, int vectors, int blocks, int columns, int words) {
        PairProduct product = at.product();
        return new LinearLanes(at.lanes(), vectors, blocks, at.columnBlock(), columns, words, product);
    }

    /**
     * The line of a table that makes the planner take these tiles for a layer.
     *
     * @param measuredWith the command that says that they are worth it
     */
    public static String line(LinearSpec spec, Device device, Tiles tiles, double gflops, String measuredWith) {
        return new LinearRow(
                        tiles.family(),
                        TuningRow.cell(device),
                        spec.operand(LayerOperand.INPUT).dtype().name(),
                        spec.operand(LayerOperand.WEIGHT).dtype().name(),
                        spec.rows(),
                        spec.inFeatures(),
                        spec.outFeatures(),
                        LinearTiles.parse(tiles.family(), tiles.text()),
                        Math.round(gflops * 10) / 10.0,
                        measuredWith,
                        LocalDate.now().toString())
                .line();
    }

    /** Whether two lines are for the same layer on the same device, whatever tiles they have. */
    public static boolean areAlike(String line, String other) {
        return key(line).equals(key(other));
    }

    private static List<String> key(String line) {
        return List.of(line.split(",", -1)).subList(1, LinearRow.KEY_CELLS);
    }

    /** How many rows a table has. */
    public static int rows(Path table) {
        return LinearTuning.read(table).rows().size();
    }

    /** Where the tuner keeps what it finds for this user; empty if nothing is kept on disk. */
    public static Optional<Path> userTable() {
        return EngineOptions.defaults().cacheDirectory().map(folder -> folder.resolve(FILE));
    }
}
