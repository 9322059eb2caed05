package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CardCase;
import io.github.attention4j.bench.card.CardCases;
import io.github.attention4j.bench.card.CardFile;
import io.github.attention4j.bench.card.CardRow;
import io.github.attention4j.bench.card.CheckResult;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.bench.card.FamilyCheck;
import io.github.attention4j.bench.card.Measurements;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.timing.Deadline;
import io.github.attention4j.bench.timing.MultiplyAdds;
import io.github.attention4j.bench.timing.PrototypeDevice;
import io.github.attention4j.bench.timing.Watchdog;
import io.github.attention4j.bench.tune.Families;
import io.github.attention4j.bench.tune.Targets;
import io.github.attention4j.bench.tune.Tuned;
import io.github.attention4j.bench.tune.Tuning;
import io.github.attention4j.bench.tune.TuningTarget;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Everything that somebody with a card can do for the project in one go: check, tune, measure, and write one file to send in. */
final class CardRun {
    private static final double CHECKING = 0.35;
    private static final double TUNING = 0.7;
    /** The time is for beginning things; after so many times of it the driver hangs. */
    private static final double PATIENCE = 2;

    private static final int QUICK_LENGTH = 256;

    private final CardOptions options;
    private final PrintStream out;
    private final List<String> failures = new ArrayList<>();

    CardRun(CardOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** The exit status: 0, or 1 if a check failed. */
    int run() throws IOException {
        Device device = options.findDevice();
        Machine machine = Machine.here(List.of(device));
        machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
        CardFile file = new CardFile(options.file(device), machine, device);
        out.printf(
                "%nThis takes at most %.1f minutes: checking, tuning, measuring. %s is written as it goes.%n",
                options.minutes(), file.path());
        Runnable giveUp = () -> {
            file.gaveUp();
            System.err.println("The driver does not come back; " + file.path() + " says from what.");
        };
        Watchdog watchdog = new Watchdog(options.minutes() * 60 * PATIENCE, giveUp);
        try {
            Deadline end = Deadline.inSeconds(options.minutes() * 60);
            double peak = probe(device, file);
            check(device, file, end.after(CHECKING));
            tuneAndMeasure(device, file, peak, end);
        } finally {
            watchdog.close();
        }
        file.complete(failures);
        finish(file);
        return failures.isEmpty() ? 0 : 1;
    }

    private double probe(Device device, CardFile file) {
        file.state("asking the device");
        double peak = Double.NaN;
        try (PrototypeDevice raw = new PrototypeDevice(device.id())) {
            try {
                peak = MultiplyAdds.gflops(raw);
                out.printf("%n%.1f GFLOP/s with multiply-adds alone, f32; shares below are of this.%n", peak);
            } catch (RuntimeException e) {
                failures.add("multiply-adds alone: " + e);
            }
            file.probe(raw.version(), raw.extensions(), peak);
        } catch (RuntimeException e) {
            failures.add("asking the device: " + e);
        }
        return peak;
    }

    private void check(Device device, CardFile file, Deadline deadline) {
        List<CardCase> cases = CardCases.all(options.run.quick);
        List<KernelFamily> families = Families.openCl(device, DType.F32);
        out.printf("%nChecking %d requests on %s...%n", cases.size(), families);
        List<CheckResult> results = new ArrayList<>();
        try (Progress progress = Progress.of("checking", (long) cases.size() * families.size())) {
            for (int i = 0; i < families.size(); i++) {
                Deadline own = deadline.after(1.0 / (families.size() - i));
                try (FamilyCheck check = new FamilyCheck(families.get(i), device)) {
                    for (CardCase each : cases) {
                        file.state("checking " + families.get(i) + ", " + each.name());
                        CheckResult result = check.run(each, own);
                        results.add(result);
                        file.check(result);
                        progress.step();
                    }
                }
            }
        }
        for (KernelFamily family : families) {
            out.printf("  %-8s", family);
            for (Outcome outcome : Outcome.values()) {
                long count = results.stream()
                        .filter(r -> r.family() == family && r.outcome() == outcome)
                        .count();
                if (count > 0) {
                    out.printf(
                            " %d %s",
                            count, outcome.name().toLowerCase(Locale.ROOT).replace('_', ' '));
                }
            }
            out.println();
        }
        if (results.stream().anyMatch(result -> result.outcome() == Outcome.LEFT_OUT)) {
            out.println("    left out for want of time; --minutes gives more");
        }
        for (CheckResult result : results) {
            if (result.outcome() != Outcome.RIGHT && result.outcome() != Outcome.LEFT_OUT) {
                out.println("    " + result.line());
            }
            if (result.isFailure()) {
                failures.add(result.line());
            }
        }
        if (results.stream().noneMatch(result -> result.outcome() == Outcome.RIGHT)) {
            failures.add("no kernel gave a right answer on this device");
        }
    }

    private void tuneAndMeasure(Device device, CardFile file, double peak, Deadline end) throws IOException {
        Path folder = Files.createTempDirectory("attention4j-card");
        try {
            Path table = folder.resolve("tuned.csv");
            Tuning tuning = tune(device, file, folder, end.after(TUNING));
            Files.writeString(table, TuningTarget.table(tuning.rows()));
            measure(new Measurements(device, peak, file, tuning, table), end);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(folder);
        }
    }

    private Tuning tune(Device device, CardFile file, Path folder, Deadline deadline) throws IOException {
        double seconds = deadline.secondsLeft();
        out.printf("%nTuning for at most %.1f minutes...%n", seconds / 60);
        try (Progress progress = Progress.of("tuning (seconds)", (long) seconds)) {
            Runnable afterCandidate = () -> progress.to((long) (seconds - deadline.secondsLeft()));
            Tuning tuning = new Tuning(device, options.run.quick, folder, file, afterCandidate, List.of());
            List<Tuned> results = tuning.run(Targets.everything(device, options.run.quick, folder), deadline);
            failures.addAll(tuning.failures());
            progress.to((long) seconds);
            results.forEach(result -> out.println("  " + result.line()));
            return tuning;
        }
    }

    private void measure(Measurements measurements, Deadline end) {
        List<AttentionSpec> shapes = shapes();
        out.printf("%nMeasuring %d shapes with the tuned tiles...%n", shapes.size());
        try (Progress progress = Progress.of("measuring", Measurements.steps(shapes))) {
            measurements.run(shapes, end, progress::step);
        }
        out.print(CardRow.table(measurements.rows()));
        measurements.notes().forEach(note -> out.println("  " + note));
        failures.addAll(measurements.failures());
    }

    private List<AttentionSpec> shapes() {
        if (!options.run.quick) {
            return DefaultShapes.speed();
        }
        return DefaultShapes.speed().stream()
                .limit(2)
                .map(spec -> spec.toBuilder().sequenceLength(QUICK_LENGTH).build())
                .toList();
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
                        + "Please attach it to a report to the project; its tuningRows can go into tuning.csv as they are.%n",
                file.path(), (Files.size(file.path()) + 1023) / 1024);
    }
}
