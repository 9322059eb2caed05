package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CardCases;
import io.github.attention4j.bench.card.CardFile;
import io.github.attention4j.bench.card.CardRow;
import io.github.attention4j.bench.card.CheckResult;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.bench.card.CheckSummary;
import io.github.attention4j.bench.card.DecodeTimes;
import io.github.attention4j.bench.card.FamilyCheck;
import io.github.attention4j.bench.card.FamilyChecks;
import io.github.attention4j.bench.card.Measurements;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.MultiplyAdds;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.ReadBandwidth;
import io.github.attention4j.bench.run.Watchdog;
import io.github.attention4j.bench.tune.Families;
import io.github.attention4j.bench.tune.Targets;
import io.github.attention4j.bench.tune.Tuned;
import io.github.attention4j.bench.tune.Tuning;
import io.github.attention4j.bench.tune.TuningTarget;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Everything that somebody with a card can do for the project in one go: check, tune, measure, and write one file to
 * send in.
 */
final class CardRun {
    private static final double CHECKING = 0.35;
    private static final double TUNING = 0.7;
    /** The time is for beginning things; after so many times of it the driver hangs. */
    private static final double PATIENCE = 2;

    private static final int QUICK_LENGTH = 256;

    private final Device device;
    private final boolean quick;
    private final double minutes;
    private final Path path;
    private final PrintStream out;
    private final List<String> failures = new ArrayList<>();
    private List<KernelFamily> families = List.of();
    private double peak = Double.NaN;
    private double readGigabytes = Double.NaN;

    /**
     * On an OpenCL device.
     *
     * @param path where the findings go
     */
    CardRun(Device device, boolean quick, double minutes, Path path, PrintStream out) {
        this.device = device;
        this.quick = quick;
        this.minutes = minutes;
        this.path = path;
        this.out = out;
    }

    /** The exit status: 0, or 1 if a check failed. */
    @SuppressWarnings("try") // a watchdog only has to be there
    int run() throws IOException {
        Machine machine = Machine.here(List.of(device));
        machine.print(out);
        CardFile file = new CardFile(path, machine, device);
        out.printf(
                "%nThis takes at most %.1f minutes: checking, tuning, measuring. %s is written as it goes.%n",
                minutes, file.path());
        Runnable giveUp = () -> {
            file.gaveUp();
            System.err.println("The driver does not come back; " + file.path() + " says from what.");
        };
        try (Watchdog watchdog = new Watchdog(minutes * 60 * PATIENCE, giveUp)) {
            Deadline end = Deadline.inSeconds(minutes * 60);
            probe(file);
            families = Families.ofPlanner(device);
            check(file, end.after(CHECKING));
            tuneAndMeasure(file, end);
        }
        file.complete(failures);
        finish(file);
        return failures.isEmpty() ? 0 : 1;
    }

    private void probe(CardFile file) {
        file.begin("asking the device");
        try (RawDevice raw = new RawDevice(device.id())) {
            peak = orNaN("multiply-adds alone", failures, () -> MultiplyAdds.gflops(raw));
            List<String> unread = new ArrayList<>(); // wants a large buffer, and is no kernel of ours
            readGigabytes = orNaN("reading alone", unread, () -> ReadBandwidth.gigabytesPerSecond(raw));
            unread.forEach(out::println);
            out.printf(
                    "%nAlone, multiply-adds reach %.1f GFLOP/s in f32, and reading %.1f GB/s; shares below are of these.%n",
                    peak, readGigabytes);
            file.probe(raw.version(), List.of(device.extensions().trim().split("\\s+")), peak, readGigabytes);
        } catch (RuntimeException e) {
            failures.add("asking the device: " + e);
        }
    }

    private static double orNaN(String what, List<String> complaints, DoubleSupplier rate) {
        try {
            return rate.getAsDouble();
        } catch (RuntimeException e) {
            complaints.add(what + ": " + e);
            return Double.NaN;
        }
    }

    private void check(CardFile file, Deadline deadline) {
        List<Case> cases = CardCases.all(quick);
        int few = CardCases.all(true).size();
        FamilyChecks checks = FamilyChecks.of(families, Families.openCl(), cases, few);
        file.begin("checking " + checks.describe());
        out.printf("%nChecking %s...%n", checks.describe());
        Map<Case, Budget> budgets = new IdentityHashMap<>();
        Map<KernelFamily, FamilyCheck> running = new EnumMap<>(KernelFamily.class);
        List<CheckResult> results;
        try (Progress progress = new Progress("checking", checks.count())) {
            results = checks.run((family, request) -> {
                file.state("checking " + family + ", " + request.name());
                CheckResult result = running.computeIfAbsent(family, each -> new FamilyCheck(each, device))
                        .run(request, budgets.computeIfAbsent(request, Case::budget), deadline);
                file.check(result);
                progress.step();
                return result;
            });
        } finally {
            running.values().forEach(FamilyCheck::close);
        }
        CheckSummary summary = new CheckSummary(results);
        summary.counts().forEach(line -> out.println("  " + line));
        if (results.stream().anyMatch(result -> result.outcome() == Outcome.LEFT_OUT)) {
            out.println("    left out for want of time; --minutes gives more");
        }
        summary.refusals().forEach(line -> out.println("    " + line));
        failures.addAll(summary.failures());
        if (results.stream().noneMatch(result -> result.outcome() == Outcome.RIGHT)) {
            failures.add("no kernel gave a right answer on this device");
        }
    }

    private void tuneAndMeasure(CardFile file, Deadline end) throws IOException {
        try (TemporaryFolder folder = new TemporaryFolder("attention4j-card")) {
            Path table = folder.path().resolve("tuned.csv");
            Tuning tuning = tune(file, folder.path(), end.after(TUNING));
            Files.writeString(table, TuningTarget.table(tuning.rows()));
            decode(new DecodeTimes(device, readGigabytes, file), file, end);
            measure(new Measurements(device, peak, file, tuning, families, table), file, end);
        }
    }

    private Tuning tune(CardFile file, Path folder, Deadline deadline) throws IOException {
        double seconds = deadline.secondsLeft();
        file.begin("tuning");
        out.printf("%nTuning for at most %.1f minutes...%n", seconds / 60);
        try (Progress progress = new Progress("tuning (seconds)", (long) seconds)) {
            Runnable afterCandidate = () -> progress.to((long) (seconds - deadline.secondsLeft()));
            Tuning tuning = new Tuning(device, quick, folder, file, afterCandidate, Optional.empty());
            List<Tuned> results = tuning.run(Targets.everything(device, quick, folder), deadline);
            failures.addAll(tuning.failures());
            progress.to((long) seconds);
            results.forEach(result -> out.println("  " + result.line()));
            return tuning;
        }
    }

    private void decode(DecodeTimes times, CardFile file, Deadline deadline) {
        List<DecodeCase> cases = DecodeTimes.cases(quick);
        file.begin("measuring steps of text generation");
        out.printf("%nOne query over the keys of each sequence, %s...%n", DecodeTimes.HEADS);
        try (Progress progress = new Progress("measuring", cases.size())) {
            times.run(cases, deadline, progress::step);
        }
        out.print(times.table().text());
        times.notes().forEach(note -> out.println("  " + note));
        failures.addAll(times.failures());
    }

    private void measure(Measurements measurements, CardFile file, Deadline end) {
        List<AttentionSpec> shapes = shapes();
        file.begin("measuring shapes");
        out.printf("%nMeasuring %d shapes with the tuned tiles; of each, the fastest family...%n", shapes.size());
        try (Progress progress = new Progress("measuring", measurements.steps(shapes))) {
            measurements.run(shapes, end, progress::step);
        }
        out.print(CardRow.table(CardRow.fastest(measurements.rows())).text());
        measurements.notes().forEach(note -> out.println("  " + note));
        failures.addAll(measurements.failures());
    }

    private List<AttentionSpec> shapes() {
        Stream<AttentionSpec> all = ProblemSpace.speed().stream().map(Problem::spec);
        return quick
                ? all.limit(2)
                        .map(spec ->
                                spec.toBuilder().sequenceLength(QUICK_LENGTH).build())
                        .toList()
                : all.toList();
    }

    private void finish(CardFile file) throws IOException {
        if (failures.isEmpty()) {
            out.println("\nEvery answer that was given is right.");
        } else {
            out.println("\n" + failures.size() + " FAILED:");
            failures.forEach(failure -> out.println("  " + failure));
        }
        out.printf(
                "%n%s (%d KiB) has all of this: device, driver, checks, tuned tiles, times; no names and no folders.%n"
                        + "Please attach it to a report to the project; its tuningRows can go into the tuning tables as they are.%n",
                file.path(), (Files.size(file.path()) + 1023) / 1024);
    }
}
