package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.LimitsRun;
import io.github.attention4j.bench.peers.PeerConditions;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerPace;
import io.github.attention4j.bench.peers.PeerReport;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.peers.PeerShapes;
import io.github.attention4j.bench.peers.ShapeRun;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.run.Case;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The engine beside other libraries that compute attention for Java: limits of the machine, checks, timing, table,
 * report.
 */
@Command(
        name = "peers",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description =
                "Times the engine beside what else computes attention for Java (PyTorch, ONNX Runtime, plain loops), each in a process of"
                        + " its own, every answer checked; downloads them once. Takes 25 minutes (--quick: 2).")
final class PeersCommand implements Callable<Integer> {
    private static final PeerPace FULL = new PeerPace(5, 400, 1);
    private static final PeerPace QUICK = new PeerPace(2, 150, 0.5);

    @Mixin
    private final Help help = new Help();

    @Mixin
    private final DeviceChoice devices = new DeviceChoice();

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Contenders whose names contain this: attention4j, pytorch, onnx, loops (all).")
    private List<String> only = List.of();

    @Option(names = "--group", split = ",", paramLabel = "main|heads|small", description = "Groups of shapes (all).")
    private List<PeerShapes.Group> groups = List.of();

    @Mixin
    private final ShapeOptions shapes = new ShapeOptions();

    @Option(
            names = "--bf16",
            description = "Query, key, value and out in bf16, with those contenders that compute in it.")
    private boolean bf16;

    @Option(names = "--quick", description = "Few shapes and rounds, to try it out.")
    boolean quick;

    @Option(names = "--save", description = "Write Markdown and JSON to bench/results, named after date and processor.")
    boolean save;

    @Mixin
    final Output output = new Output();

    private final Limits limits = new Limits();

    @Override
    public Integer call() throws IOException {
        List<Device> chosen = devices(devices.ids);
        List<PeerKind> kinds = chosen(bf16 ? PeerKind.allInBf16(ids(chosen)) : PeerKind.all(ids(chosen)), only);
        return run(chosen, kinds, specs(), System.out);
    }

    /** The shapes that are meant: those given, those of the groups, or all of a full or a quick run. */
    private List<AttentionSpec> specs() {
        if (shapes.given()) {
            return shapes.specs();
        }
        return quick && groups.isEmpty() ? PeerShapes.quick() : PeerShapes.of(groups);
    }

    private static List<String> ids(List<Device> devices) {
        return devices.stream().map(Device::id).toList();
    }

    /** Those asked for; if none is, all but the reference, which is there to judge. */
    private static List<Device> devices(List<String> ids) {
        List<Device> all = AttentionEngine.devices();
        for (String id : ids) {
            if (all.stream().noneMatch(device -> device.id().equals(id))) {
                throw new IllegalArgumentException("there is no device \"" + id + "\"; there are " + ids(all));
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
        PeerPace usual = quick ? QUICK : FULL;
        PeerPace pace =
                output.rounds == null ? usual : new PeerPace(output.rounds, usual.sliceMillis(), usual.warmUpShare());
        Machine machine = Machine.here(named);
        machine.print(out);
        out.println("\nMeasuring what the machine can do...");
        measureLimits(kinds);
        limits.lines().forEach(line -> out.println("  " + line));
        List<PeerResult> results = measure(pace, kinds, specs, out);
        if (!quick) {
            measureLimits(kinds); // a limit that the machine only reached later is one, too
        }
        List<String> conditions = PeerConditions.of(pace, kinds, results, quick);
        out.println();
        results.forEach(result -> out.println(PeerReport.text(result, limits)));
        conditions.forEach(out::println);
        write(machine, PeerReport.of(machine, conditions, limits, results), out);
        List<String> bad = bad(results);
        bad.forEach(out::println);
        return bad.isEmpty() ? 0 : 1;
    }

    private void measureLimits(List<PeerKind> kinds) throws IOException {
        LimitsRun.measure(kinds.stream().map(PeerKind::limit).distinct().toList(), limits);
    }

    private static List<PeerResult> measure(
            PeerPace pace, List<PeerKind> kinds, List<AttentionSpec> specs, PrintStream out) throws IOException {
        List<PeerResult> results = new ArrayList<>();
        long steps = (long) specs.size() * ShapeRun.steps(kinds.size(), pace.rounds());
        try (Progress progress = Progress.of("checking and timing", steps)) {
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
        out.println("\n" + report.write(output.report, "peers.html") + " is the report.");
        if (output.json != null) {
            JsonFile.write(output.json, report.json());
            out.println(output.json + " has the figures.");
        }
        if (save) {
            Path folder = Path.of(System.getProperty("bench.results", "results"));
            String name = LocalDate.now() + "-" + machine.processorName();
            JsonFile.write(folder.resolve(name + ".json"), report.json());
            Path markdown = Files.writeString(folder.resolve(name + ".md"), report.markdown());
            out.println(markdown + " and the .json beside it are saved.");
        }
    }

    /** A line for each answer that was wrong, and for each failure of the engine itself. */
    static List<String> bad(List<PeerResult> results) {
        List<String> bad = new ArrayList<>();
        for (PeerResult result : results) {
            for (PeerRow row : result.rows()) {
                boolean ours = row.kind().isEngine() && row.status() == Status.FAILED;
                if (row.status() == Status.WRONG || ours) {
                    bad.add("  " + (ours ? "FAILED " : "WRONG ") + row.kind().name() + ", " + Case.shape(row.spec())
                            + ": " + row.reason());
                }
            }
        }
        return bad;
    }
}
