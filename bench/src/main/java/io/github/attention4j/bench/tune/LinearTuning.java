package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.bench.run.LinearLayer;
import io.github.attention4j.internal.disk.CacheFolder;
import io.github.attention4j.internal.plan.layers.LinearCandidates;
import io.github.attention4j.internal.plan.layers.LinearCandidates.Tiles;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for the fastest tiles of linear layers, near those that the planner would guess. */
public final class LinearTuning {
    private static final double TRIAL_MILLIS = 200;
    private static final double COMPARISON_MILLIS = 2000;

    private final Device device;
    private final Path folder;

    /** @param folder for tuning tables and programs while it runs */
    public LinearTuning(Device device, Path folder) {
        this.device = device;
        this.folder = folder;
    }

    /**
     * What came of a layer.
     *
     * @param spec the layer
     * @param tried how many tiles ran with right answers
     * @param best the fastest of them
     * @param gain over the planner's own
     * @param row for the table, or null if the planner's own stay
     * @param failures tiles that gave wrong answers or failed
     */
    public record Found(LinearSpec spec, int tried, Tiles best, Gain gain, String row, List<String> failures) {
        /** For people. */
        public String line() {
            return "%d rows of %d -> %d: %d tiles tried, %s, %.2f ms, %.3f times as fast as the planner's own%s"
                    .formatted(
                            spec.rows(),
                            spec.inFeatures(),
                            spec.outFeatures(),
                            tried,
                            best,
                            gain.millis(),
                            gain.ratio(),
                            row == null ? ", which stay" : "");
        }
    }

    /** An engine whose planner takes the tiles, or its own if there are none, and the layer on it. */
    private final class Forced implements AutoCloseable {
        private final AttentionEngine engine;
        private final LinearLayer layer;

        Forced(LinearSpec spec, Tiles tiles, int number) throws IOException {
            Path own = folder.resolve(Integer.toString(number));
            if (tiles != null) {
                String row = LinearCandidates.line(spec, device, tiles, 0, "a trial");
                new CacheFolder(Optional.of(own))
                        .write(LinearCandidates.FILE, table(List.of(row)).getBytes(StandardCharsets.UTF_8));
            }
            engine = AttentionEngine.open(device.id(), EngineOptions.defaults().withCacheDirectory(own));
            try {
                String plan = engine.plan(spec).explain();
                if (tiles != null && !plan.contains(" with " + tiles.text() + " for ")) {
                    throw new UnsupportedByDeviceException("the planner does not take " + tiles, plan);
                }
                layer = new LinearLayer(
                        engine, spec, spec.operand(LayerOperand.WEIGHT).dtype());
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        }

        @Override
        public void close() {
            layer.close();
            engine.close();
        }
    }

    /** Tries what is worth it, checks each answer, and compares the best with the planner's own in turns. */
    public Found tune(LinearSpec spec, Runnable afterEach) throws IOException {
        return tune(spec, LinearCandidates.of(spec, device), afterEach);
    }

    Found tune(LinearSpec spec, List<Tiles> candidates, Runnable afterEach) throws IOException {
        List<String> failures = new ArrayList<>();
        Tiles best = null;
        double least = Double.MAX_VALUE;
        int tried = 0;
        int number = 0;
        for (Tiles tiles : candidates) {
            number++;
            try (Forced forced = new Forced(spec, tiles, number)) {
                double error = forced.layer.maxError();
                if (!(error <= LinearLayer.ALLOWED)) {
                    failures.add(tiles + ": wrong answer, off by " + error);
                    continue;
                }
                tried++;
                double millis = KernelClock.median(forced.layer, TRIAL_MILLIS);
                if (millis < least) {
                    least = millis;
                    best = tiles;
                }
            } catch (UnsupportedByDeviceException e) {
                continue; // does not fit, as only the compiler knows
            } catch (DeviceException e) {
                failures.add(tiles + ": " + e.getMessage());
            } finally {
                afterEach.run();
            }
        }
        if (best == null) {
            throw new IllegalStateException("no tiles ran for " + spec + ": " + failures);
        }
        try (Forced fastest = new Forced(spec, best, ++number);
                Forced own = new Forced(spec, null, ++number)) {
            List<Contender> both = List.of(fastest.layer, own.layer);
            double[][] times = KernelClock.race(both, COMPARISON_MILLIS);
            Gain gain = Gain.of(spec.toString(), times[0], times[1]);
            double gflops = 2.0 * spec.rows() * spec.inFeatures() * spec.outFeatures() / gain.millis() * 1e-6;
            String row = Gain.isWon(List.of(gain))
                    ? LinearCandidates.line(spec, device, best, gflops, "bench/run tune --linear")
                    : null;
            return new Found(spec, tried, best, gain, row, List.copyOf(failures));
        }
    }

    /** Replaces the rows of layers that were tuned, and leaves the others alone. */
    public static void keep(Path file, Device device, List<Found> found) throws IOException {
        List<String> lines = new ArrayList<>();
        if (Files.exists(file)) {
            LinearCandidates.rows(file); // a broken one must not be added to
            for (String line : Files.readAllLines(file)) {
                boolean isRow = !line.isBlank() && !line.startsWith("#") && !line.equals(LinearCandidates.HEADER);
                if (isRow && found.stream().noneMatch(each -> isOf(line, each, device))) {
                    lines.add(line);
                }
            }
        }
        found.stream().map(Found::row).filter(row -> row != null).forEach(lines::add);
        new CacheFolder(Optional.of(file.toAbsolutePath().getParent()))
                .write(file.getFileName().toString(), table(lines).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isOf(String line, Found found, Device device) {
        return LinearCandidates.areAlike(line, LinearCandidates.line(found.spec(), device, found.best(), 0, ""));
    }

    private static String table(List<String> rows) {
        return LinearCandidates.HEADER + "\n" + String.join("\n", rows) + "\n";
    }
}
