package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeMeasurement;
import io.github.attention4j.bench.decode.DecodeReport;
import io.github.attention4j.bench.decode.DecodeRow;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.Interleaved.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** How fast steps of text generation read keys and values from the cache, beside how fast the device reads at all. */
final class DecodeRun {
    private static final List<String> DEVICES = List.of("cpu:0");
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 16;

    private final Bench.Input input;
    private final Bench.Output output;
    private final Checks checks = new Checks();

    DecodeRun(Bench.Input input, Bench.Output output) {
        this.input = input;
        this.output = output;
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int run(PrintStream out) throws IOException {
        List<DecodeRow> rows = new ArrayList<>();
        List<List<DecodeCase>> groups = DecodeCase.groups(output.quick ? QUICK_DIVISOR : 1);
        try (Engines engines = Engines.open(input.devices.isEmpty() ? DEVICES : input.devices, input.families)) {
            Machine machine = engines.machine();
            machine.print(out);
            try (Progress progress = Progress.of(
                    "filling, checking, timing",
                    (long) groups.size() * engines.all().size())) {
                for (AttentionEngine engine : engines.all()) {
                    for (List<DecodeCase> group : groups) {
                        rows.addAll(DecodeMeasurement.run(engine, group, new Pace(output.rounds()), checks::add));
                        progress.step();
                    }
                }
            }
            out.println("\n" + DecodeReport.table(rows).text());
            List<String> summary = new ArrayList<>(List.of(checks.summary()));
            if (output.quick) {
                summary.add("This was a quick run with short lengths, which caches may hold.");
            }
            output.write(DecodeReport.of(machine, summary, rows), "decode.html", out);
            summary.forEach(out::println);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }
}
