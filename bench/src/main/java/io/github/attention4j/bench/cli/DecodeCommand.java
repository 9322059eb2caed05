package io.github.attention4j.bench.cli;

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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast steps of text generation read keys and values from the cache, beside how fast the device reads at all. */
@Command(
        name = "decode",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description =
                "Times one step of text generation on full caches of each type, on --device (cpu:0), beside how fast the device"
                        + " reads.")
final class DecodeCommand implements Callable<Integer> {
    private static final List<String> DEVICES = List.of("cpu:0");
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 16;

    @Mixin
    private final Help help = new Help();

    @Mixin
    private final EngineChoice engines = new EngineChoice();

    @Option(names = "--quick", description = "Shorter lengths and fewer rounds, to try it out.")
    private boolean quick;

    @Mixin
    private final Output output = new Output();

    private final Checks checks = new Checks();

    @Override
    public Integer call() throws IOException {
        return run(System.out);
    }

    private int run(PrintStream out) throws IOException {
        List<DecodeRow> rows = new ArrayList<>();
        List<List<DecodeCase>> groups = DecodeCase.groups(quick ? QUICK_DIVISOR : 1);
        try (Engines opened = engines.open(DEVICES)) {
            Machine machine = opened.machine();
            machine.print(out);
            try (Progress progress = Progress.of(
                    "filling, checking, timing",
                    (long) groups.size() * opened.all().size())) {
                for (AttentionEngine engine : opened.all()) {
                    for (List<DecodeCase> group : groups) {
                        Pace pace = new Pace(output.rounds(quick));
                        rows.addAll(DecodeMeasurement.run(engine, group, pace, checks::add));
                        progress.step();
                    }
                }
            }
            out.println("\n" + DecodeReport.table(rows).text());
            List<String> summary = new ArrayList<>(List.of(checks.summary()));
            if (quick) {
                summary.add("This was a quick run with short lengths, which caches may hold.");
            }
            output.write(DecodeReport.of(machine, summary, rows), "decode.html", out);
            summary.forEach(out::println);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }
}
