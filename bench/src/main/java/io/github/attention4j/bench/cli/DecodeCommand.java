package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeMeasurement;
import io.github.attention4j.bench.decode.DecodeRow;
import io.github.attention4j.bench.run.Interleaved.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** How fast steps of text generation read keys and values from the cache, beside how fast the device reads at all. */
record DecodeCommand(Arguments arguments) {
    private static final List<String> DEVICES = List.of("cpu:0");
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 16;

    int run(PrintStream out) throws IOException {
        boolean quick = arguments.has("--quick");
        Checks checks = new Checks();
        List<DecodeRow> rows = new ArrayList<>();
        List<List<DecodeCase>> groups = DecodeCase.groups(quick ? QUICK_DIVISOR : 1);
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            engines.machine().print(out);
            long steps = (long) groups.size() * engines.all().size();
            try (Progress progress = new Progress("filling, checking, timing", steps)) {
                for (AttentionEngine engine : engines.all()) {
                    for (List<DecodeCase> group : groups) {
                        Pace pace = new Pace(Output.rounds(arguments));
                        rows.addAll(DecodeMeasurement.run(engine, group, pace, checks::add));
                        progress.step();
                    }
                }
            }
            out.println("\n" + DecodeRow.table(rows).text());
            List<String> summary = new ArrayList<>(List.of(checks.summary()));
            if (quick) {
                summary.add("This was a quick run with short lengths, which caches may hold.");
            }
            Output.write(arguments, DecodeRow.of(engines.machine(), summary, rows), "decode.html", out);
            summary.forEach(out::println);
        }
        return checks.status();
    }
}
