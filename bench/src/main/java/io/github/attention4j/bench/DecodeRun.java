package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeMeasurement;
import io.github.attention4j.bench.decode.DecodeReport;
import io.github.attention4j.bench.decode.DecodeRow;
import io.github.attention4j.bench.decode.LongRun;
import io.github.attention4j.bench.decode.Planning;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How fast steps of text generation read keys and values from the cache, beside how fast the device reads at all. */
final class DecodeRun {
    private static final List<String> DEVICES = List.of("cpu:0");
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 16;

    private final Bench.Input input;
    private final Bench.Output output;
    private final int steps;
    private final Checks checks = new Checks();
    private final Map<String, Double> planning = new LinkedHashMap<>();
    private final List<LongRun.Growth> growths = new ArrayList<>();

    DecodeRun(Bench.Input input, Bench.Output output, int steps) {
        this.input = input;
        this.output = output;
        this.steps = steps;
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int run(PrintStream out) throws IOException {
        List<DecodeRow> rows = new ArrayList<>();
        List<List<DecodeCase>> groups = DecodeCase.groups(output.quick ? QUICK_DIVISOR : 1);
        try (Engines engines = Engines.open(input.devices.isEmpty() ? DEVICES : input.devices, input.families)) {
            Machine machine = Machine.here(engines.all().stream()
                    .map(AttentionEngine::device)
                    .distinct()
                    .toList());
            machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
            try (Progress progress = Progress.of(
                    "filling, checking, timing",
                    (long) groups.size() * engines.all().size())) {
                for (AttentionEngine engine : engines.all()) {
                    for (List<DecodeCase> group : groups) {
                        rows.addAll(DecodeMeasurement.run(engine, group, new Pace(output.rounds()), checks::add));
                        progress.step();
                    }
                    planning.put(engine.device().id(), Planning.millis(engine));
                }
            }
            for (Device device : machine.devices()) {
                growths.addAll(LongRunProbe.run(device.id(), steps, input.families));
            }
            growths.forEach(growth ->
                    checks.add(growth.device() + " long run", new Verdict(growth.error(), LongRun.TOLERANCE)));
            finish(new DecodeReport(rows, planning, growths), machine, out);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }

    private void finish(DecodeReport report, Machine machine, PrintStream out) throws IOException {
        out.println("\n" + report.table().text());
        report.facts().forEach(out::println);
        if (output.json != null) {
            JsonFile.write(output.json, report.json(machine));
            out.println(output.json + " has the figures.");
        }
        if (output.quick) {
            out.println("This was a quick run with short lengths, which caches may hold.");
        }
        out.println(checks.summary());
    }
}
