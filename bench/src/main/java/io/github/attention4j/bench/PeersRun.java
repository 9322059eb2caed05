package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.LimitsRun;
import io.github.attention4j.bench.peers.PeerConditions;
import io.github.attention4j.bench.peers.PeerJson;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerPace;
import io.github.attention4j.bench.peers.PeerReport;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.peers.PeerTable;
import io.github.attention4j.bench.peers.ShapeRun;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The engine beside other libraries that compute attention for Java: limits of the machine, checks, timing, table, report. */
final class PeersRun {
    private static final PeerPace FULL = new PeerPace(5, 400, 1);
    private static final PeerPace QUICK = new PeerPace(2, 150, 0.5);

    private final Bench.Output output;
    private final PeerOptions options;
    private final List<Device> devices;
    private final List<PeerKind> kinds;
    private final List<AttentionSpec> shapes;
    private final PeerPace pace;
    private final Limits limits = new Limits();

    PeersRun(Bench.Input input, Bench.Output output, PeerOptions options, List<AttentionSpec> shapes) {
        this(devices(input.devices), output, options, shapes);
    }

    private PeersRun(List<Device> devices, Bench.Output output, PeerOptions options, List<AttentionSpec> shapes) {
        this(
                devices,
                output,
                options,
                shapes,
                chosen(options.bf16 ? PeerKind.allInBf16(ids(devices)) : PeerKind.all(ids(devices)), options.only));
    }

    /** With these contenders; the devices are what the report names. */
    PeersRun(
            List<Device> devices,
            Bench.Output output,
            PeerOptions options,
            List<AttentionSpec> shapes,
            List<PeerKind> kinds) {
        this.devices = devices;
        this.output = output;
        this.options = options;
        this.shapes = shapes;
        this.kinds = kinds;
        PeerPace usual = output.quick ? QUICK : FULL;
        pace = output.rounds == null ? usual : new PeerPace(output.rounds, usual.sliceMillis(), usual.warmUpShare());
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

    /** The exit status: 0, or 1 if an answer was wrong, or the engine itself failed. A library that does not run is a fact, not a failure. */
    int run(PrintStream out) throws IOException {
        Machine machine = Machine.here(devices);
        machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
        out.println("\nMeasuring what the machine can do...");
        measureLimits();
        PeerTable.limits(limits).forEach(line -> out.println("  " + line));
        List<PeerResult> results = measure(out);
        if (!output.quick) {
            measureLimits(); // a limit that the machine only reached later is one, too
        }
        PeerReport report =
                new PeerReport(machine, PeerConditions.of(pace, kinds, results, output.quick), limits, results);
        out.println();
        results.forEach(result -> out.println(PeerTable.text(result, limits)));
        write(report, out);
        List<String> bad = bad(results);
        bad.forEach(out::println);
        return bad.isEmpty() ? 0 : 1;
    }

    private void measureLimits() throws IOException {
        List<String> ids = new ArrayList<>();
        for (PeerKind kind : kinds) {
            if (!ids.contains(kind.limit())) {
                ids.add(kind.limit());
            }
        }
        LimitsRun.measure(ids, limits);
    }

    private List<PeerResult> measure(PrintStream out) throws IOException {
        List<PeerResult> results = new ArrayList<>();
        long steps = (long) shapes.size() * ShapeRun.steps(kinds.size(), pace.rounds());
        try (Progress progress = Progress.of("checking and timing", steps)) {
            ShapeRun run = new ShapeRun(pace, progress::step);
            for (AttentionSpec spec : shapes) {
                out.printf("%n%s: checking and timing %d contenders in turns...%n", Problem.shape(spec), kinds.size());
                PeerResult result = run.run(kinds, spec);
                results.add(result);
                out.println("  " + PeerTable.line(result));
            }
        }
        return results;
    }

    private void write(PeerReport report, PrintStream out) throws IOException {
        report.conditions().forEach(out::println);
        out.println("\n" + report.write(output.report) + " is the report.");
        if (output.json != null) {
            JsonFile.write(output.json, PeerJson.of(report));
            out.println(output.json + " has the figures.");
        }
        if (options.save) {
            Path folder = Path.of(System.getProperty("bench.results", "results"));
            String name = LocalDate.now() + "-" + report.machine().processorName();
            JsonFile.write(folder.resolve(name + ".json"), PeerJson.of(report));
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
                    bad.add("  " + (ours ? "FAILED " : "WRONG ") + row.kind().name() + ", " + Problem.shape(row.spec())
                            + ": " + row.reason());
                }
            }
        }
        return bad;
    }
}
