package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Instruction;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.MultiplyAdds;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.ReadBandwidth;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.bench.run.UnitPeak;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the machine can do at most, as measured in the same run: shares are shares of this. */
public final class Limits {
    /** What the processor is called among the devices. */
    public static final String PROCESSOR = "cpu:0";

    /**
     * What one device reached.
     *
     * @param gflops multiply-adds in 32-bit floats, and nothing else
     * @param oneThread the same on one thread; NaN if not measured
     * @param gigabytes read in a second from memory; NaN if not measured
     * @param unit the instruction that plans of bf16 take there; empty for floats
     * @param unitGflops that instruction, and nothing else; NaN if there is none
     */
    public record Limit(double gflops, double oneThread, double gigabytes, String unit, double unitGflops) {
        /** Where plans of bf16 take floats, too. */
        public Limit(double gflops, double oneThread, double gigabytes) {
            this(gflops, oneThread, gigabytes, "", Double.NaN);
        }

        /** The larger of each. */
        Limit max(Limit other) {
            return new Limit(
                    larger(gflops, other.gflops),
                    larger(oneThread, other.oneThread),
                    larger(gigabytes, other.gigabytes),
                    unit.isEmpty() ? other.unit : unit,
                    larger(unitGflops, other.unitGflops));
        }

        private static double larger(double a, double b) {
            return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
        }
    }

    private static final long SECONDS = 120;
    private static final String UNIT = "unit";
    /** How PoCL is told its number of threads. */
    private static final Map<String, String> ONE_THREAD = Map.of("POCL_MAX_PTHREAD_COUNT", "1");
    /** The compiler of the JVM may work beside the one thread, but a second thread may not. */
    private static final double ONE_PROCESSOR = 1.4;

    private final Map<String, Limit> byDevice = new LinkedHashMap<>();
    private final Map<String, String> missing = new LinkedHashMap<>();

    /** Notes a measurement; the best of several counts, for nothing else can only make a machine slower. */
    public void add(String device, Limit limit) {
        byDevice.merge(device, limit, Limit::max);
    }

    /** Notes why there is none. */
    public void addMissing(String device, String reason) {
        missing.put(device, reason);
    }

    /** Adds the limits of these OpenCL devices, or why there are none; each is measured in processes of its own. */
    public void measure(List<String> devices) throws IOException {
        for (String device : devices) {
            PeerAnswer all = ask(device, Map.of());
            if (all.has(PeerAnswer.FAILED)) {
                addMissing(device, all.text(PeerAnswer.FAILED));
                continue;
            }
            double one = Double.NaN;
            if (device.startsWith("cpu")) {
                PeerAnswer alone = ask(device, ONE_THREAD);
                boolean isAlone = !alone.has(PeerAnswer.FAILED) && alone.number("processors") < ONE_PROCESSOR;
                one = isAlone ? alone.number("gflops") : Double.NaN; // other drivers do not know the variable
            }
            boolean hasUnit = all.has(UNIT);
            add(
                    device,
                    new Limit(
                            all.number("gflops"),
                            one,
                            all.number("gigabytes"),
                            all.text(UNIT),
                            hasUnit ? all.number("unitGflops") : Double.NaN));
        }
    }

    private static PeerAnswer ask(String device, Map<String, String> environment) throws IOException {
        try (PeerProcess process = PeerProcess.start(Limits.class, environment, List.of(), List.of(device))) {
            return process.answer(SECONDS);
        }
    }

    /** Measures one OpenCL device: how many threads it has is decided when its process starts. */
    public static void main(String[] arguments) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try (RawDevice device = new RawDevice(arguments[0])) {
            double gigabytes = ReadBandwidth.gigabytesPerSecond(device);
            ProcessClock clock = new ProcessClock();
            double gflops = MultiplyAdds.gflops(device);
            double processors = (double) clock.cpuNanos() / clock.nanos();
            answer.putAll(Map.of("gflops", gflops, "gigabytes", gigabytes, "processors", processors));
            unit(arguments[0]).ifPresent(unit -> {
                answer.put(UNIT, UnitPeak.name(unit));
                answer.put("unitGflops", UnitPeak.gflops(device, unit));
            });
            PeerAnswer.print(System.out, answer);
        } catch (RuntimeException | LinkageError e) {
            PeerAnswer.print(System.out, Map.of(PeerAnswer.FAILED, PeerAnswer.oneLine(e.toString())));
        }
        System.exit(0);
    }

    /** What a plan of bf16 multiplies by on a processor; empty where that is floats, or where there is no such plan. */
    private static Optional<Instruction> unit(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            AttentionSpec spec =
                    Shapes.parse("1x8x512x512x64").toBuilder().types(DType.BF16).build();
            return UnitPeak.taken(engine.plan(spec).explain());
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** The limits, by device. */
    public Map<String, Limit> byDevice() {
        return Collections.unmodifiableMap(byDevice);
    }

    /** GFLOP/s of a row as a share of its device's limit; NaN if one of the two is not known. */
    public double share(PeerRow row) {
        Limit limit = byDevice.get(row.kind().limit());
        return limit == null ? Double.NaN : row.gflops() / limit.gflops();
    }

    /**
     * The same of the instruction that the row's plan took: of floats if it took none; NaN if one of the two is not
     * known.
     */
    public double unitShare(PeerRow row) {
        Limit limit = byDevice.get(row.kind().limit());
        boolean takesUnit =
                limit != null && !limit.unit().isEmpty() && row.way().contains(limit.unit());
        return takesUnit ? row.gflops() / limit.unitGflops() : share(row);
    }

    /** A sentence for each device. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        byDevice.forEach((device, limit) -> {
            String one = Double.isNaN(limit.oneThread)
                    ? ""
                    : " (" + Table.number("%.1f", limit.oneThread) + " on one thread)";
            lines.add(device + ": " + Table.number("%.1f", limit.gflops) + " GFLOP/s with multiply-adds alone" + one
                    + (limit.unit.isEmpty()
                            ? ""
                            : ", " + Table.number("%.0f", limit.unitGflops) + " with " + limit.unit + " alone")
                    + ", reads " + Table.number("%.1f", limit.gigabytes) + " GB/s from memory");
        });
        missing.forEach((device, reason) -> lines.add(device + ": limits not measured: " + reason));
        return lines;
    }

    /** For other programs, by device; what is not known is missing. */
    public Map<String, Map<String, Object>> json() {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        byDevice.forEach((device, limit) -> {
            Map<String, Object> known = new LinkedHashMap<>();
            known.put("gflops", limit.gflops);
            known.put("gflopsOneThread", limit.oneThread);
            known.put("readGBs", limit.gigabytes);
            known.put("unit", limit.unit.isEmpty() ? Double.NaN : limit.unit);
            known.put("unitGflops", limit.unitGflops);
            known.values().removeIf(Double.valueOf(Double.NaN)::equals);
            all.put(device, known);
        });
        missing.forEach((device, reason) -> all.put(device, Map.of("missing", reason)));
        return all;
    }
}
