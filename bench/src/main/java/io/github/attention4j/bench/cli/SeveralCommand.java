package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What several devices reach of their sum: two OpenCL devices of one core each, as {@code bench/run} has PoCL play
 * them, and one of them beside pure Java on one core.
 */
final class SeveralCommand {
    private static final int ROUNDS = 5;
    private static final double WARM_UP_MILLIS = 2000;
    private static final double SHARE_MILLIS = 60_000;

    private final Checks checks = new Checks();

    /** The exit status: 0, or 1 if an answer was wrong or there are no two OpenCL devices. */
    int run(PrintStream out) {
        List<String> devices = AttentionEngine.devices().stream()
                .filter(device -> device.type() != Device.Type.JAVA)
                .map(Device::id)
                .toList();
        if (devices.size() < 2) {
            out.println("There must be two OpenCL devices, but there are only " + devices + ".");
            return 1;
        }
        Map<String, List<String>> engines = new LinkedHashMap<>();
        engines.put("one device", devices.subList(0, 1));
        engines.put("two devices", devices.subList(0, 2));
        engines.put("pure Java", List.of("java"));
        engines.put("one device and pure Java", List.of(devices.get(0), "java"));
        var heads = AttentionSpec.builder().heads(16).sequenceLength(4096).headDim(64);
        measure("16 heads, 4,096 queries and keys, headDim 64", heads.build(), engines, out);
        var sequence = AttentionSpec.builder().heads(1).sequenceLength(8192).headDim(64);
        measure("one head, 8,192 queries and keys, causal", sequence.causal().build(), engines, out);
        checks.print(out);
        return checks.status();
    }

    private void measure(String name, AttentionSpec spec, Map<String, List<String>> devices, PrintStream out) {
        out.println("\n" + name);
        Case call = Case.random(name, spec);
        List<AttentionEngine> engines = new ArrayList<>();
        List<EngineContender> contenders = new ArrayList<>();
        try {
            for (List<String> ids : devices.values()) {
                AttentionEngine engine =
                        AttentionEngine.open(ids, EngineOptions.defaults().withThreads(1));
                engines.add(engine);
                EngineContender contender = new EngineContender(engine, call);
                contenders.add(contender);
                checks.add(name + " on " + ids, contender.check(call.budget()));
            }
            Pace pace = new Pace(ROUNDS, WARM_UP_MILLIS, SHARE_MILLIS);
            List<Timing> timings = Interleaved.measure(List.copyOf(contenders), pace, () -> {});
            List<String> names = List.copyOf(devices.keySet());
            for (int i = 0; i < names.size(); i++) {
                out.printf(
                        Locale.ROOT,
                        "  %-26s %9.1f ms%n",
                        names.get(i),
                        timings.get(i).median());
            }
            double one = timings.get(0).median();
            double java = timings.get(2).median();
            out.printf(
                    Locale.ROOT,
                    "  two devices are %.2fx as fast as one (goal 1.85x); device and Java %.2fx the better of both%n",
                    one / timings.get(1).median(),
                    Math.min(one, java) / timings.get(3).median());
            out.println(whoComputesWhat(engines.get(1), spec));
        } finally {
            contenders.forEach(EngineContender::close);
            engines.forEach(AttentionEngine::close);
        }
    }

    /** The lines with shares, balance and traffic. */
    private static String whoComputesWhat(AttentionEngine engine, AttentionSpec spec) {
        StringBuilder text = new StringBuilder();
        for (String line : engine.plan(spec).explain().split("\n")) {
            boolean isOfShares = line.contains(" computes ") || line.contains(" of the work, ");
            text.append(isOfShares && line.startsWith("  ") ? line + "\n" : "");
        }
        return text.toString().stripTrailing();
    }
}
