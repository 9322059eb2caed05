package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.report.ComparisonReport;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Result;
import io.github.attention4j.bench.report.Row;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.CheckedRun.Timed;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.bench.run.MultiplyAdds;
import io.github.attention4j.bench.run.PlainLoops;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.testing.Budget;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The comparison of devices from beginning to end: model, checks, timing, table, report. */
final class CompareCommand {
    /** Above this many operations a baseline would hold everybody up, and sits out. */
    private static final double REFERENCE_LIMIT = 1e9;

    private static final double LOOPS_LIMIT = 4e9;
    /** How long each contender runs for the device's own clock. */
    private static final double DEVICE_CLOCK_MILLIS = 50;

    private final Arguments arguments;
    /** Whether the slow baselines take part however large the call is. */
    private final boolean keepSlow;

    private final Checks checks = new Checks();
    /** What multiply-adds alone reach on OpenCL devices, in GFLOP/s by their ids. */
    private final Map<String, Double> peaks = new LinkedHashMap<>();

    CompareCommand(Arguments arguments) {
        this.arguments = arguments;
        keepSlow = arguments.texts("--device").contains("reference");
    }

    int run(PrintStream out) throws IOException {
        try (Engines engines = Engines.open(arguments, List.of())) {
            Machine machine = engines.machine();
            machine.print(out);
            List<AttentionSpec> given = ShapeOptions.specs(arguments);
            ModelStage model = arguments.has("--text") || given.isEmpty()
                    ? ModelStage.run(arguments, engines, checks, out)
                    : ModelStage.NONE;
            List<Case> cases = new ArrayList<>(model.problems());
            for (AttentionSpec spec : given.isEmpty() ? Shapes.ofDevices() : given) {
                cases.add(Case.random("random data", spec));
            }
            measurePeaks(machine, out);
            List<Result> results = time(engines, cases, out);
            out.print("\n" + ComparisonReport.table(results).text());
            List<String> summary = new ArrayList<>(model.summary());
            summary.add(checks.summary());
            Output.write(arguments, ComparisonReport.of(machine, summary, results, model.weights()), "index.html", out);
            checks.print(out);
        }
        return checks.status();
    }

    /** A device that fails at that has no shares in the table. */
    private void measurePeaks(Machine machine, PrintStream out) {
        for (Device device : machine.devices()) {
            if (device.type() != Device.Type.JAVA) {
                out.printf("%nMultiply-adds alone on %s: ", device.id());
                try (RawDevice raw = new RawDevice(device.id())) {
                    peaks.put(device.id(), MultiplyAdds.gflops(raw));
                    out.printf("%.1f GFLOP/s in f32%n", peaks.get(device.id()));
                } catch (RuntimeException e) {
                    out.println("not measured, " + e.getMessage());
                }
            }
        }
    }

    private List<Result> time(Engines engines, List<Case> cases, PrintStream out) {
        List<Result> results = new ArrayList<>();
        int rounds = Output.rounds(arguments);
        out.printf("%nTiming %d shapes in turns...%n", cases.size());
        try (Progress progress = new Progress("timing", (long) cases.size() * rounds)) {
            for (Case each : cases) {
                Result result = time(engines, each, new Pace(rounds), progress::step, out);
                if (!result.rows().isEmpty()) {
                    results.add(result);
                }
            }
        }
        return results;
    }

    /** One row for each contender whose answer was right, in the order of the devices; baselines last. */
    private Result time(Engines engines, Case call, Pace pace, Runnable afterStep, PrintStream out) {
        Budget budget = call.budget();
        double flops = call.flops();
        String what = ": " + call.name() + " " + call.shape();
        try (CheckedRun<String> run = new CheckedRun<>(checks::add, note -> out.println("  " + note))) {
            for (AttentionEngine engine : engines.all()) {
                String id = engine.device().id();
                if (keepSlow || !id.equals("reference") || flops <= REFERENCE_LIMIT) {
                    run.add(id, id + what, () -> new EngineContender(engine, call), one -> one.check(budget));
                }
            }
            if (keepSlow || flops <= LOOPS_LIMIT) {
                run.add("", PlainLoops.ENGINE + what, () -> new PlainLoops(call), one -> one.check(budget));
            }
            return new Result(run.time(pace, afterStep).stream()
                    .map(timed -> row(call, timed))
                    .toList());
        }
    }

    private Row row(Case call, Timed<String> timed) {
        boolean isOurs = !timed.key().isEmpty();
        String device = isOurs ? timed.key() : "java";
        return new Row(
                isOurs ? EngineContender.ENGINE : PlainLoops.ENGINE,
                device,
                timed.contender().family(),
                call.name(),
                call.spec(),
                timed.timing(),
                deviceMillis(timed.contender()),
                timed.verdict().error(),
                peak(device));
    }

    private static double deviceMillis(Contender contender) {
        return Double.isNaN(contender.deviceMillis()) ? Double.NaN : KernelClock.median(contender, DEVICE_CLOCK_MILLIS);
    }

    /** What runs in Java runs on the processor, whose rate an OpenCL driver for it tells. */
    private double peak(String device) {
        return peaks.getOrDefault(Engines.isOpenCl(device) ? device : Limits.PROCESSOR, Double.NaN);
    }
}
