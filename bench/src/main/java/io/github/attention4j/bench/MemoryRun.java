package io.github.attention4j.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.memory.Fact;
import io.github.attention4j.bench.memory.LongCall;
import io.github.attention4j.bench.memory.OneProgram;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Start-up and memory of each device, in fresh JVMs. */
final class MemoryRun {
    private static final int KEYS = 16_384;
    private static final int KEYS_QUICK = 4096;
    private static final int LONGEST = 131_072;
    /** The library says at this level what it builds and allocates. */
    private static final String LOG = "-Dorg.slf4j.simpleLogger.log.io.github.attention4j.internal.opencl=debug";

    private final Bench.Input input;
    private final RunOptions options;
    private final boolean full;
    private final Checks checks = new Checks();
    private final List<Fact> facts = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    MemoryRun(Bench.Input input, RunOptions options, boolean full) {
        this.input = input;
        this.options = options;
        this.full = full;
    }

    /** The exit status: 0, or 1 if an answer was wrong or a program was built twice. */
    int run(PrintStream out) throws IOException {
        List<Device> devices = devices();
        Machine machine = Machine.here(devices);
        machine.facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
        try (Progress progress = Progress.of("fresh JVMs", 4L * devices.size())) {
            for (Device device : devices) {
                Path cache = Files.createTempDirectory("attention4j-memory");
                try {
                    measure(device, cache, progress, out);
                } finally {
                    WarmStart.delete(cache);
                }
            }
        }
        out.print("\n" + Fact.table(facts).text());
        if (options.json != null) {
            JsonFile.write(options.json, json(machine));
            out.println(options.json + " has the figures.");
        }
        failures.addAll(checks.failures());
        out.println(checks.summary());
        failures.forEach(failure -> out.println("  FAILED " + failure));
        return failures.isEmpty() ? 0 : 1;
    }

    private List<Device> devices() {
        List<Device> all = AttentionEngine.devices();
        if (input.devices.isEmpty()) {
            return all.stream()
                    .filter(device -> !device.id().equals("reference"))
                    .toList();
        }
        List<Device> chosen = new ArrayList<>();
        for (String id : input.devices) {
            chosen.add(all.stream()
                    .filter(device -> device.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no device \"" + id
                            + "\"; this machine has "
                            + all.stream().map(Device::id).toList())));
        }
        return chosen;
    }

    private void measure(Device device, Path cache, Progress progress, PrintStream out) throws IOException {
        boolean openCl = device.type() != Device.Type.JAVA;
        WarmStart.Waits waits = WarmStart.measure(device.id());
        add(device, "first result, program cache empty", waits.cold(), "ms", "");
        String range = "%.0f to %.0f".formatted(waits.warm()[0], waits.warm()[waits.warm().length - 1]);
        add(device, "first result, program cache filled", waits.median(), "ms", range);
        progress.step();
        if (openCl) {
            builds(device, cache);
        }
        progress.step();
        int keys = options.quick ? KEYS_QUICK : KEYS;
        double millis = call(device, keys, cache);
        progress.step();
        double estimate = millis * Visible.flops(LongCall.spec(LONGEST)) / Visible.flops(LongCall.spec(keys));
        out.printf(
                "%n%s: %,d queries and keys of one head should take %.1f s, by the time of %,d, since the time is that of the pairs.%n",
                device.id(), LONGEST, estimate / 1000, keys);
        if (full) {
            call(device, LONGEST, cache);
            add(device, "call of " + LONGEST + ", estimated", estimate, "ms", "from " + keys + " keys");
        } else {
            out.println("--full runs it.");
        }
        progress.step();
    }

    /** Programs built for one set of options, however many sizes and threads ask. */
    private void builds(Device device, Path cache) throws IOException {
        List<String> arguments = List.of(device.id(), cache.resolve("programs").toString());
        for (String state : List.of("empty", "filled")) {
            String log = ChildJvm.run(OneProgram.class, List.of(LOG), Map.of(), arguments);
            long builds = log.lines().filter(line -> line.contains("building ")).count();
            add(
                    device,
                    "programs built for one set of options",
                    builds,
                    "",
                    "cache " + state + ", 24 sizes, 4 threads");
            int most = state.equals("empty") ? 1 : 0;
            if (builds > most) {
                failures.add(device.id() + ": " + builds + " programs were built with the cache " + state + ", " + most
                        + " would do");
            }
        }
    }

    /** One call in a fresh JVM; its milliseconds. */
    private double call(Device device, int keys, Path cache) throws IOException {
        List<String> arguments =
                List.of(device.id(), "" + keys, cache.resolve("programs").toString());
        String log = ChildJvm.run(LongCall.class, List.of(LOG), Map.of(), arguments);
        String size = "%,d queries and keys".formatted(keys);
        double millis = number(LongCall.CALL_MILLIS, log);
        add(device, "time of a call", millis, "ms", size);
        double tensors = number(LongCall.TENSOR_BYTES, log);
        add(device, "query, key, value and out", tensors, "bytes", size);
        if (device.type() != Device.Type.JAVA) {
            add(device, "device memory beyond them", beyond(log, tensors), "bytes", size);
        } else {
            add(device, "heap taken by a call", number(LongCall.ALLOCATED_BYTES, log), "bytes", size);
            add(device, "heap peak in a call, garbage included", number(LongCall.HEAP_PEAK_BYTES, log), "bytes", size);
            add(device, "heap kept after a call", number(LongCall.HEAP_KEPT_BYTES, log), "bytes", size);
        }
        add(device, "process growth in a call", number(LongCall.GROWTH_BYTES, log), "bytes", size);
        add(device, "process peak, copies of the bench included", number(LongCall.PEAK_BYTES, log), "bytes", size);
        String[] verdict = ChildJvm.after(LongCall.VERDICT, log).split(" ");
        checks.add(
                device.id() + ", " + size, new Verdict(Double.parseDouble(verdict[0]), Double.parseDouble(verdict[1])));
        return millis;
    }

    /** What the library allocated in all, without what the bench asked for: the tensors of the call, and those of the one to warm up. */
    private static double beyond(String log, double tensors) {
        double all = log.lines()
                .filter(line -> line.contains("allocating "))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*allocating (\\d+) bytes.*", "$1")))
                .sum();
        return all - LongCall.warmUpBytes() - tensors;
    }

    private static double number(String name, String log) {
        String text = ChildJvm.after(name, log);
        return text.equals("unknown") ? Double.NaN : Double.parseDouble(text);
    }

    private void add(Device device, String what, double value, String unit, String note) {
        facts.add(new Fact(device.id(), what, value, unit, note));
    }

    private ObjectNode json(Machine machine) {
        ObjectNode root = JsonFile.head(machine);
        ArrayNode all = root.putArray("facts");
        facts.forEach(fact -> fact.fill(all.addObject()));
        return root;
    }
}
