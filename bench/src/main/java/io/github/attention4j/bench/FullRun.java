package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.report.ComparisonReport;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Result;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.MultiplyAdds;
import io.github.attention4j.bench.run.RawDevice;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The comparison from beginning to end: model, checks, timing, table, report. */
final class FullRun {
    private final Bench.Input input;
    private final Bench.Output output;
    private final List<AttentionSpec> specs;
    private final boolean withModel;
    private final Checks checks = new Checks();

    FullRun(Bench.Input input, Bench.Output output, List<AttentionSpec> specs, boolean withModel) {
        this.input = input;
        this.output = output;
        this.specs = specs;
        this.withModel = withModel;
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int run(PrintStream out) throws IOException {
        try (Engines engines = Engines.open(input.devices, input.families)) {
            Machine machine = engines.machine();
            machine.print(out);
            List<Case> problems = new ArrayList<>();
            ModelStage model = withModel ? ModelStage.run(input, engines, checks, out) : ModelStage.NONE;
            problems.addAll(model.problems());
            for (AttentionSpec spec : specs) {
                problems.add(Case.random("random data", spec));
            }
            List<Result> results = time(engines, problems, out);
            out.print("\n" + ComparisonReport.table(results).text());
            finish(machine, model, results, out);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }

    private List<Result> time(Engines engines, List<Case> problems, PrintStream out) throws IOException {
        List<Result> results = new ArrayList<>();
        boolean keepSlow = input.devices.contains("reference");
        Map<String, Double> peaks = peaks(engines, out);
        out.printf("%nTiming %d shapes in turns...%n", problems.size());
        try (Progress progress = Progress.of("timing", (long) problems.size() * output.rounds())) {
            Comparison comparison = new Comparison(engines, peaks, output.rounds(), keepSlow, checks, out);
            for (Case problem : problems) {
                Result result = comparison.run(problem, progress::step);
                if (!result.rows().isEmpty()) {
                    results.add(result);
                }
            }
        }
        return results;
    }

    /** What multiply-adds alone reach on each OpenCL device; a device that fails at that has no shares in the table. */
    private static Map<String, Double> peaks(Engines engines, PrintStream out) {
        Map<String, Double> peaks = new LinkedHashMap<>();
        for (Device device : engines.machine().devices()) {
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
        return peaks;
    }

    private void finish(Machine machine, ModelStage model, List<Result> results, PrintStream out) throws IOException {
        List<String> summary = new ArrayList<>(model.summary());
        summary.add(checks.summary());
        output.write(ComparisonReport.of(machine, summary, results, model.weights()), "index.html", out);
        out.println(summary.get(summary.size() - 1).replaceFirst(": \\[.*", ":"));
        checks.failures().forEach(failure -> out.println("  WRONG " + failure));
    }
}
