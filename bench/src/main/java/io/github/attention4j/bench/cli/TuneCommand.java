package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.Watchdog;
import io.github.attention4j.bench.tune.Targets;
import io.github.attention4j.bench.tune.Tuned;
import io.github.attention4j.bench.tune.Tuning;
import io.github.attention4j.bench.tune.UserCache;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.layers.LinearCandidates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the fastest tiles for a device and some shapes, and keeps them for this user. */
record TuneCommand(Arguments arguments) {
    private static final double MINUTES = 10;
    /** The time is for beginning things; after so many times of it the driver hangs. */
    private static final double PATIENCE = 2;

    int run() throws IOException {
        if (arguments.has("--linear")) {
            return new LinearTuneCommand(arguments).run(LinearCandidates.userTable(), System.out);
        }
        return run(ShapeOptions.specs(arguments), Candidates.userTable(), System.out);
    }

    /** The exit status: 0, or 1 if a candidate was wrong or failed. */
    @SuppressWarnings("try") // a watchdog only has to be there
    int run(List<AttentionSpec> specs, Optional<Path> cacheFile, PrintStream out) throws IOException {
        Device device = Engines.openCl(
                arguments,
                ", whose tiles follow from its vectors and are not for tables; install PoCL to tune for the CPU");
        Optional<UserCache> cache = cacheFile.map(UserCache::new); // a broken one is seen before the work is done
        boolean quick = arguments.has("--quick");
        Machine machine = Machine.here(List.of(device));
        machine.print(out);
        double seconds = Output.minutes(arguments, MINUTES) * 60;
        out.printf("%nTuning for at most %.1f minutes...%n", seconds / 60);
        try (Watchdog watchdog = new Watchdog(
                        seconds * PATIENCE + 60,
                        () -> System.err.println("The driver does not come back from a kernel."));
                TemporaryFolder folder = new TemporaryFolder("attention4j-tune");
                Progress progress = new Progress("tuning (seconds)", (long) seconds)) {
            Deadline deadline = Deadline.inSeconds(seconds);
            Runnable afterCandidate = () -> progress.to((long) (seconds - deadline.secondsLeft()));
            Optional<Path> known = cache.flatMap(UserCache::table);
            Tuning tuning = new Tuning(device, quick, folder.path(), new Tuning.Log() {}, afterCandidate, known);
            List<Tuned> results =
                    tuning.run(Targets.of(device, Engines.families(arguments), specs, quick, folder.path()), deadline);
            progress.to((long) seconds);
            print(results, out);
            keep(cache, results, tuning.rows(), out);
            Output.writeJson(arguments, Tuned.json(machine, results, tuning.failures()), out);
            finish(tuning.failures(), out);
            return tuning.failures().isEmpty() ? 0 : 1;
        }
    }

    private static void print(List<Tuned> results, PrintStream out) {
        results.forEach(result -> out.println("  " + result.line()));
        Table<?> table = Tuned.table(results);
        if (!table.isEmpty()) {
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
                    "For src/main/resources/io/github/attention4j/tuning, to give everybody with this device the same:");
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
}
