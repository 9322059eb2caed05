package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.CostGroups;
import io.github.attention4j.bench.cost.CostMeasurement;
import io.github.attention4j.bench.cost.CostRow;
import io.github.attention4j.bench.run.Interleaved.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What each option of a request costs beside the same request without it: checks, timing, table, report. */
final class CostCommand {
    private static final List<String> DEVICES = List.of("cpu:0");
    /** Lengths are divided by this in a quick run. */
    private static final int QUICK_DIVISOR = 4;
    /** A driver compiles a kernel once, before its first call; only Java needs to be repeated until it is fast. */
    private static final double KERNEL_WARM_UP_MILLIS = 1000;
    /** Too short for the JIT compiler to finish. */
    private static final double QUICK_WARM_UP_MILLIS = 300;
    /**
     * How long a call may take in all rounds together: enough for ten of all but the longest, for ratios of a few
     * percent need the same rounds.
     */
    private static final double SHARE_MILLIS = 8000;

    private final Arguments arguments;
    private final boolean quick;
    private final Checks checks;

    CostCommand(Arguments arguments) {
        this(arguments, new Checks());
    }

    CostCommand(Arguments arguments, Checks checks) {
        this.arguments = arguments;
        this.checks = checks;
        quick = arguments.has("--quick");
    }

    int run() throws IOException {
        return run(CostGroups.all(divisor()), System.out);
    }

    /** What lengths are divided by. */
    int divisor() {
        return quick ? QUICK_DIVISOR : 1;
    }

    /**
     * The exit status: 0, or 1 if an answer was wrong. A goal that is missed is a figure, not a failure: machines
     * differ.
     */
    int run(List<Group> groups, PrintStream out) throws IOException {
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            engines.machine().print(out);
            if (quick) {
                out.println("\nQuick: shorter lengths and fewer rounds. The goals are about the full ones.");
            }
            List<List<CostRow>> costs = measure(engines.all(), groups, out);
            List<String> summary = new ArrayList<>(List.of(CostRow.summary(costs), checks.summary()));
            if (quick) {
                summary.add("This was a quick run with short lengths; the goals are about the full ones.");
            }
            Output.write(arguments, CostRow.of(engines.machine(), summary, costs), "cost.html", out);
            summary.forEach(out::println);
            checks.failures().forEach(failure -> out.println("  WRONG " + failure));
        }
        return checks.status();
    }

    /** The rows of each group on each engine, printed as they come. */
    List<List<CostRow>> measure(List<AttentionEngine> engines, List<Group> groups, PrintStream out) {
        List<List<CostRow>> costs = new ArrayList<>();
        int rounds = Output.rounds(arguments);
        long steps = groups.stream()
                .mapToLong(group -> CostMeasurement.steps(group, rounds))
                .sum();
        try (Progress progress = new Progress("checking and timing", steps * engines.size())) {
            for (AttentionEngine engine : engines) {
                Pace pace = pace(engine.device().id());
                CostMeasurement measurement = new CostMeasurement(pace, checks::add, note -> out.println("  " + note));
                for (Group group : groups) {
                    out.printf(
                            "%n%s: checking and timing %d calls in turns...%n",
                            group.plain().shape(), 1 + group.options().size());
                    List<CostRow> rows = measurement.run(engine, group, progress::step);
                    if (!rows.isEmpty()) {
                        costs.add(rows);
                        out.print("\n" + CostRow.text(rows));
                    }
                }
            }
        }
        return costs;
    }

    private Pace pace(String device) {
        Pace pace = new Pace(Output.rounds(arguments)).withShare(SHARE_MILLIS);
        if (quick) {
            return pace.withWarmUp(QUICK_WARM_UP_MILLIS);
        }
        return Engines.isOpenCl(device) ? pace.withWarmUp(KERNEL_WARM_UP_MILLIS) : pace;
    }
}
