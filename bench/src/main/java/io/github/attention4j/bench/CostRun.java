package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.CostGroups;
import io.github.attention4j.bench.cost.CostMeasurement;
import io.github.attention4j.bench.cost.CostReport;
import io.github.attention4j.bench.cost.CostRow;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Interleaved.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What each option of a request costs beside the same request without it: checks, timing, table, report. */
final class CostRun {
    private static final String DEVICE = "cpu:0";
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 4;
    /** A driver compiles a kernel once, before its first call; only Java needs to be repeated until it is fast. */
    private static final double KERNEL_WARM_UP_MILLIS = 1000;
    /** Too short for the JIT compiler to finish. */
    private static final double QUICK_WARM_UP_MILLIS = 300;

    /** How long a call may take in all rounds together: enough for ten of all but the longest, for ratios of a few percent need the same rounds. */
    private static final double SHARE_MILLIS = 8000;

    private final Bench.Input input;
    private final Bench.Output output;
    private final List<Group> groups;
    private final Checks checks = new Checks();

    CostRun(Bench.Input input, Bench.Output output) {
        this(input, output, CostGroups.all(output.quick ? QUICK_DIVISOR : 1));
    }

    CostRun(Bench.Input input, Bench.Output output, List<Group> groups) {
        this.input = input;
        this.output = output;
        this.groups = groups;
    }

    /** The exit status: 0, or 1 if an answer was wrong. A goal that is missed is a figure, not a failure: machines differ. */
    int run(PrintStream out) throws IOException {
        List<String> devices = input.devices.isEmpty() ? List.of(DEVICE) : input.devices;
        try (Engines engines = Engines.open(devices, input.families)) {
            Machine machine = engines.machine();
            machine.print(out);
            if (output.quick) {
                out.println("\nQuick: shorter lengths and fewer rounds. The goals are about the full ones.");
            }
            finish(machine, measure(engines, out), out);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }

    private List<List<CostRow>> measure(Engines engines, PrintStream out) {
        List<List<CostRow>> costs = new ArrayList<>();
        long steps = groups.stream()
                .mapToLong(group -> CostMeasurement.steps(group, output.rounds()))
                .sum();
        try (Progress progress =
                Progress.of("checking and timing", steps * engines.all().size())) {
            for (AttentionEngine engine : engines.all()) {
                CostMeasurement measurement =
                        new CostMeasurement(pace(engine.device().id()), checks::add, note -> out.println("  " + note));
                for (Group group : groups) {
                    String shape = Case.shape(group.plain().spec());
                    out.printf(
                            "%n%s: checking and timing %d calls in turns...%n",
                            shape, 1 + group.options().size());
                    List<CostRow> rows = measurement.run(engine, group, progress::step);
                    if (!rows.isEmpty()) {
                        costs.add(rows);
                        out.print("\n" + CostReport.text(rows));
                    }
                }
            }
        }
        return costs;
    }

    private Pace pace(String device) {
        Pace pace = new Pace(output.rounds()).withShare(SHARE_MILLIS);
        if (output.quick) {
            return pace.withWarmUp(QUICK_WARM_UP_MILLIS);
        }
        return Engines.isOpenCl(device) ? pace.withWarmUp(KERNEL_WARM_UP_MILLIS) : pace;
    }

    private void finish(Machine machine, List<List<CostRow>> costs, PrintStream out) throws IOException {
        List<String> summary = new ArrayList<>(List.of(CostReport.summary(costs), checks.summary()));
        if (output.quick) {
            summary.add("This was a quick run with short lengths; the goals are about the full ones.");
        }
        output.write(CostReport.of(machine, summary, costs), "cost.html", out);
        summary.forEach(out::println);
        checks.failures().forEach(failure -> out.println("  WRONG " + failure));
    }
}
