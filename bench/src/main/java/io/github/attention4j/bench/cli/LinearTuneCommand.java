package io.github.attention4j.bench.cli;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.tune.LinearTuning;
import io.github.attention4j.internal.plan.layers.LinearCandidates;
import io.github.attention4j.layers.LinearSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the fastest tiles of linear layers on a device, and keeps them for this user. */
record LinearTuneCommand(Arguments arguments) {
    /** The exit status: 0, or 1 if tiles were wrong or failed. */
    int run(Optional<Path> file, PrintStream out) throws IOException {
        Device device =
                Engines.openCl(arguments, ", whose layers have no tiles in tables; install PoCL to tune for the CPU");
        Machine.here(List.of(device)).print(out);
        List<LinearSpec> specs = specs();
        int all = specs.stream()
                .mapToInt(spec -> LinearCandidates.of(spec, device).size())
                .sum();
        List<LinearTuning.Found> found = new ArrayList<>();
        try (TemporaryFolder folder = new TemporaryFolder("attention4j-linear");
                Progress progress = new Progress("tuning (tiles)", all)) {
            LinearTuning tuning = new LinearTuning(device, folder.path());
            int[] done = {0};
            for (LinearSpec spec : specs) {
                found.add(tuning.tune(spec, () -> progress.to(++done[0])));
            }
        }
        found.forEach(each -> out.println("  " + each.line()));
        if (file.isPresent()) {
            LinearTuning.keep(file.get(), device, found);
            out.println("\n" + file.get() + " has what is faster, and engines opened from now on use it.");
        } else {
            out.println("\nNothing is kept, because attention4j.cache is empty.");
        }
        List<String> failures =
                found.stream().flatMap(each -> each.failures().stream()).toList();
        failures.forEach(failure -> out.println("FAILED and left out: " + failure));
        return failures.isEmpty() ? 0 : 1;
    }

    private List<LinearSpec> specs() {
        DType type =
                arguments.has("--type") ? DType.valueOf(arguments.text("--type").toUpperCase(Locale.ROOT)) : DType.F32;
        return arguments.texts("--linear").stream()
                .map(text ->
                        Stream.of(text.split("x")).mapToInt(Integer::parseInt).toArray())
                .map(n -> LinearSpec.builder()
                        .rows(n[0])
                        .inFeatures(n[1])
                        .outFeatures(n[2])
                        .types(type, type, DType.F32)
                        .build())
                .toList();
    }
}
