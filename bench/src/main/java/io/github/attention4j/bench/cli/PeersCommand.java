package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.cost.CostGroups;
import io.github.attention4j.bench.cost.CostRow;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.PeerConditions;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerReport;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.peers.ShapeRun;
import io.github.attention4j.bench.peers.TimingRounds;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.Shapes;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The engine beside other libraries that compute attention for Java: limits of the machine, checks, timing, table,
 * report.
 */
final class PeersCommand {
    private static final TimingRounds FULL = new TimingRounds(5, 400, 1);
    private static final TimingRounds QUICK = new TimingRounds(2, 150, 0.5);

    /** Of the time to warm up: less than any call takes. */
    private static final double ONE_CALL = 1e-3;

    private final Arguments arguments;
    private final boolean quick;
    private final Limits limits = new Limits();
    /** Of what is measured in this process. */
    private final Checks checks = new Checks();

    PeersCommand(Arguments arguments) {
        this.arguments = arguments;
        quick = arguments.has("--quick");
    }

    int run() throws IOException {
        List<Device> chosen = devices(arguments.texts("--device"));
        List<String> ids = Engines.ids(chosen);
        boolean inBf16 = arguments.has("--bf16");
        List<PeerKind> kinds = arguments.has("--backward")
                ? PeerKind.allWithGradients(ids, inBf16)
                : inBf16 ? PeerKind.allInBf16(ids) : PeerKind.all(ids);
        return run(chosen, chosen(kinds, arguments.texts("--only")), specs(), System.out);
    }

    /** The shapes that are meant: those given, those of the groups, or all of a full or a quick run. */
    private List<AttentionSpec> specs() {
        if (arguments.hasShapes()) {
            return ShapeOptions.specs(arguments);
        }
        List<Shapes.Group> groups = arguments.texts("--group").stream()
                .map(name -> Shapes.Group.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
        if (groups.isEmpty() && (quick || arguments.has("--backward"))) {
            return quick ? Shapes.few() : Shapes.ofGradients();
        }
        return Shapes.of(groups);
    }

    /** Those asked for; if none is, all but the reference, which is there to judge. */
    static List<Device> devices(List<String> ids) {
        List<Device> all = AttentionEngine.devices();
        for (String id : ids) {
            if (!Engines.ids(all).contains(id)) {
                throw new IllegalArgumentException("there is no device \"" + id + "\"; there are " + Engines.ids(all));
            }
        }
        return all.stream()
                .filter(device -> ids.isEmpty() ? !device.id().equals("reference") : ids.contains(device.id()))
                .toList();
    }

    /** The contenders whose names contain one of these, or all if there is none. */
    static List<PeerKind> chosen(List<PeerKind> all, List<String> only) {
        for (String name : only) {
            if (all.stream().noneMatch(kind -> kind.name().contains(name))) {
                throw new IllegalArgumentException("--only=" + name + " names no contender; there are "
                        + all.stream().map(PeerKind::name).toList());
            }
        }
        return all.stream()
                .filter(kind -> only.isEmpty() || only.stream().anyMatch(kind.name()::contains))
                .toList();
    }

    /**
     * The exit status: 0, or 1 if an answer was wrong, or the engine itself failed. A library that does not run is a
     * fact, not a failure.
     *
     * @param named the devices that the report names
     */
    int run(List<Device> named, List<PeerKind> kinds, List<AttentionSpec> specs, PrintStream out) throws IOException {
        TimingRounds usual = quick ? QUICK : FULL;
        TimingRounds pace = new TimingRounds(
                arguments.number("--rounds", usual.rounds()), usual.sliceMillis(), usual.warmUpShare());
        Machine machine = Machine.here(named);
        machine.print(out);
        out.println("\nMeasuring what the machine can do...");
        measureLimits(kinds);
        limits.lines().forEach(line -> out.println("  " + line));
        List<PeerResult> results = measure(pace, kinds, specs, out);
        if (arguments.has("--backward")) {
            results.addAll(longest(kinds, out));
        }
        List<List<CostRow>> costs = arguments.has("--backward") ? dropout(named, out) : List.of();
        if (!quick) {
            measureLimits(kinds); // a limit that the machine only reached later is one, too
        }
        List<String> conditions = PeerConditions.of(pace, kinds, results, quick);
        out.println();
        results.forEach(result -> out.println(PeerReport.text(result, limits)));
        costs.forEach(rows -> out.println(CostRow.text(rows)));
        conditions.forEach(out::println);
        Report report = PeerReport.of(machine, conditions, limits, results);
        write(machine, costs.isEmpty() ? report : CostRow.addTo(report, "What dropout costs", costs), out);
        List<String> bad = new ArrayList<>(bad(results));
        bad.addAll(checks.failures());
        bad.forEach(out::println);
        return bad.isEmpty() ? 0 : 1;
    }

    /** Gradients alone of very long rows, once, by the engine: how much memory they take. */
    private List<PeerResult> longest(List<PeerKind> kinds, PrintStream out) throws IOException {
        List<PeerKind> backward =
                kinds.stream().filter(kind -> kind.pass() == Pass.BACKWARD).toList();
        return backward.isEmpty()
                ? List.of()
                : measure(new TimingRounds(1, 1, ONE_CALL), backward, List.of(Shapes.longest(quick)), out);
    }

    /** What dropout costs on each OpenCL device, in this process. */
    private List<List<CostRow>> dropout(List<Device> devices, PrintStream out) {
        List<AttentionEngine> engines = new ArrayList<>();
        try {
            for (Device device : devices) {
                if (Engines.isOpenCl(device.id())) {
                    engines.add(AttentionEngine.open(device.id()));
                }
            }
            CostCommand cost = new CostCommand(arguments, checks);
            return cost.measure(engines, CostGroups.dropout(cost.divisor()), out);
        } finally {
            engines.forEach(AttentionEngine::close);
        }
    }

    private void measureLimits(List<PeerKind> kinds) throws IOException {
        limits.measure(kinds.stream().map(PeerKind::limit).distinct().toList());
    }

    private static List<PeerResult> measure(
            TimingRounds pace, List<PeerKind> kinds, List<AttentionSpec> specs, PrintStream out) throws IOException {
        List<PeerResult> results = new ArrayList<>();
        long steps = (long) specs.size() * ShapeRun.steps(kinds.size(), pace.rounds());
        try (Progress progress = new Progress("checking and timing", steps)) {
            ShapeRun run = new ShapeRun(pace, progress::step);
            for (AttentionSpec spec : specs) {
                out.printf("%n%s: checking and timing %d contenders in turns...%n", Case.shape(spec), kinds.size());
                PeerResult result = run.run(kinds, spec);
                results.add(result);
                out.println("  " + result.line());
            }
        }
        return results;
    }

    private void write(Machine machine, Report report, PrintStream out) throws IOException {
        Output.write(arguments, report, "peers.html", out);
        Output.save(arguments, machine, report, "", out);
    }

    /** A line for each answer that was wrong, and for each failure of the engine itself. */
    static List<String> bad(List<PeerResult> results) {
        return results.stream()
                .flatMap(result -> result.rows().stream())
                .filter(row -> row.status() == Status.WRONG
                        || row.status() == Status.FAILED && row.kind().isEngine())
                .map(row -> "  " + row.status().name() + " " + row.kind().name() + ", " + Case.shape(row.spec()) + ": "
                        + row.reason())
                .toList();
    }
}
