package io.github.attention4j.bench.cli;

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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The comparison from beginning to end: model, checks, timing, table, report. */
class CompareCommand implements Callable<Integer> {
    @Mixin
    private final Help help = new Help();

    @Option(names = "--text", paramLabel = "FILE", description = "The text to run; a short story is brought along.")
    private Path text;

    @Option(
            names = "--shared",
            paramLabel = "DIR",
            description =
                    "Folder with golden/, embeddings of another implementation to compare with (../shared, if it is there).")
    private Path shared;

    @Mixin
    private final EngineChoice engines = new EngineChoice();

    @Mixin
    private final ShapeOptions shapes = new ShapeOptions();

    @Mixin
    private final Output output = new Output();

    private final Checks checks = new Checks();

    @Override
    public Integer call() throws IOException {
        return run(System.out);
    }

    private int run(PrintStream out) throws IOException {
        try (Engines opened = engines.open(List.of())) {
            Machine machine = opened.machine();
            machine.print(out);
            boolean withModel = text != null || !shapes.given();
            ModelStage model = withModel ? ModelStage.run(text, shared, opened, checks, out) : ModelStage.NONE;
            List<Case> cases = new ArrayList<>(model.problems());
            for (AttentionSpec spec : shapes.given() ? shapes.specs() : DefaultShapes.quick()) {
                cases.add(Case.random("random data", spec));
            }
            List<Result> results = time(opened, cases, out);
            out.print("\n" + ComparisonReport.table(results).text());
            List<String> summary = new ArrayList<>(model.summary());
            summary.add(checks.summary());
            output.write(ComparisonReport.of(machine, summary, results, model.weights()), "index.html", out);
            checks.print(out);
        }
        return checks.failures().isEmpty() ? 0 : 1;
    }

    private List<Result> time(Engines opened, List<Case> cases, PrintStream out) {
        List<Result> results = new ArrayList<>();
        boolean keepSlow = engines.devices.contains("reference");
        int rounds = output.rounds(false);
        Map<String, Double> peaks = peaks(opened, out);
        out.printf("%nTiming %d shapes in turns...%n", cases.size());
        try (Progress progress = Progress.of("timing", (long) cases.size() * rounds)) {
            Comparison comparison = new Comparison(opened, peaks, rounds, keepSlow, checks, out);
            for (Case each : cases) {
                Result result = comparison.run(each, progress::step);
                if (!result.rows().isEmpty()) {
                    results.add(result);
                }
            }
        }
        return results;
    }

    /** What multiply-adds alone reach on each OpenCL device; a device that fails at that has no shares in the table. */
    private static Map<String, Double> peaks(Engines opened, PrintStream out) {
        Map<String, Double> peaks = new LinkedHashMap<>();
        for (Device device : opened.machine().devices()) {
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
}
