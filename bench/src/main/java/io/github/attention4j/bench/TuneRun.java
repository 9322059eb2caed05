package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.TextTable;
import io.github.attention4j.bench.timing.Deadline;
import io.github.attention4j.bench.timing.Watchdog;
import io.github.attention4j.bench.tune.Targets;
import io.github.attention4j.bench.tune.TuneReport;
import io.github.attention4j.bench.tune.Tuned;
import io.github.attention4j.bench.tune.Tuning;
import io.github.attention4j.bench.tune.TuningLog;
import io.github.attention4j.bench.tune.TuningTarget;
import io.github.attention4j.bench.tune.UserCache;
import io.github.attention4j.internal.plan.TuningCache;
import io.github.attention4j.internal.plan.TuningTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the fastest tiles for a device and some shapes, and keeps them for this user. */
final class TuneRun {
    private static final double MINUTES = 10;
    /** The time is for beginning things; after so many times of it the driver hangs. */
    private static final double PATIENCE = 2;

    private final Bench.Input input;
    private final RunOptions options;
    private final List<AttentionSpec> shapes;
    private final Optional<Path> cacheFile;

    TuneRun(Bench.Input input, RunOptions options, List<AttentionSpec> shapes) {
        this(input, options, shapes, TuningCache.file(EngineOptions.defaults()));
    }

    TuneRun(Bench.Input input, RunOptions options, List<AttentionSpec> shapes, Optional<Path> cacheFile) {
        this.input = input;
        this.options = options;
        this.shapes = shapes;
        this.cacheFile = cacheFile;
    }

    /** The exit status: 0, or 1 if a candidate was wrong or failed. */
    int run(PrintStream out) throws IOException {
        Device device = device();
        Optional<UserCache> cache = cacheFile.map(UserCache::new); // a broken one is seen before the work is done
        Machine machine = Machine.here(List.of(device));
        machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
        double seconds = options.minutes(MINUTES) * 60;
        out.printf("%nTuning for at most %.1f minutes...%n", seconds / 60);
        Watchdog watchdog = new Watchdog(
                seconds * PATIENCE + 60, () -> System.err.println("The driver does not come back from a kernel."));
        Path folder = Files.createTempDirectory("attention4j-tune");
        try (Progress progress = Progress.of("tuning (seconds)", (long) seconds)) {
            Deadline deadline = Deadline.inSeconds(seconds);
            Runnable afterCandidate = () -> progress.to((long) (seconds - deadline.secondsLeft()));
            List<TuningTable.Row> known = cache.map(UserCache::rows).orElse(List.of());
            Tuning tuning = new Tuning(device, options.quick, folder, TuningLog.NONE, afterCandidate, known);
            List<TuningTarget> targets = Targets.of(device, input.families, shapes, options.quick, folder);
            List<Tuned> results = tuning.run(targets, deadline);
            progress.to((long) seconds);
            print(results, out);
            keep(cache, results, tuning.rows(), out);
            if (options.json != null) {
                JsonFile.write(options.json, TuneReport.json(machine, results, tuning.failures()));
                out.println(options.json + " has the figures.");
            }
            finish(tuning.failures(), out);
            return tuning.failures().isEmpty() ? 0 : 1;
        } finally {
            watchdog.close();
            delete(folder);
        }
    }

    private Device device() {
        String id = input.devices.isEmpty() ? null : input.devices.get(0);
        Device device = AttentionEngine.devices().stream()
                .filter(each -> id == null || each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device \"" + id + "\"; this machine has "
                        + AttentionEngine.devices().stream().map(Device::id).toList()));
        if (device.type() == Device.Type.JAVA) {
            throw new IllegalArgumentException("--tune needs an OpenCL device, but "
                    + (id == null ? "this machine has none" : "got " + id)
                    + ", whose tiles follow from its vectors and are not for tables; install PoCL to tune for the CPU");
        }
        return device;
    }

    private static void print(List<Tuned> results, PrintStream out) {
        results.forEach(result -> out.println("  " + result.line()));
        TextTable table = TuneReport.table(results);
        if (!table.lines().isEmpty()) {
            out.println(
                    "\nMedians in turns; how many times as fast as the planner without tables, and with the packaged one:");
            out.print(table.text());
        }
    }

    private static void keep(Optional<UserCache> cache, List<Tuned> results, List<String> rows, PrintStream out)
            throws IOException {
        if (cache.isPresent()) {
            List<String> tuned =
                    results.stream().filter(Tuned::isFinding).map(Tuned::key).toList();
            cache.get().replace(tuned, rows);
            out.printf(
                    "%n%d of %d targets are worth a row; %s has them, and engines opened from now on use it.%n",
                    rows.size(), results.size(), cache.get().file());
        } else {
            out.println("\nNothing is kept, because attention4j.cache is empty.");
        }
        if (!rows.isEmpty()) {
            out.println(
                    "For src/main/resources/io/github/attention4j/tuning.csv, to give everybody with this device the same:");
            rows.forEach(out::println);
        }
    }

    private static void finish(List<String> failures, PrintStream out) {
        if (failures.isEmpty()) {
            out.println("Every answer was right.");
        } else {
            out.println(failures.size() + " FAILED and were left out:");
            failures.forEach(failure -> out.println("  " + failure));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }
}
