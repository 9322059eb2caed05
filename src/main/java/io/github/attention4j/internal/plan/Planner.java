package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which kernel computes a spec on an OpenCL device, with which tiles; every "no" keeps its reason. */
public final class Planner {
    private final Device device;
    private final Optional<KernelFamily> forced;
    private final int splitSize;
    private final List<TuningTable> tables;
    /** Programs that the driver did not build, with its complaints: the next spec that wants one need not wait for the same answer. */
    private final Map<KernelOptions, String> unbuilt = new ConcurrentHashMap<>();

    private final Optional<String> tuningComplaint;

    /** For one device. The user's own tuning file comes before what the tuner found on this machine, and that before the packaged table. */
    public Planner(Device device, EngineOptions options) {
        this.device = device;
        this.forced = options.family();
        this.splitSize = options.splitSize();
        List<TuningTable> tables = new ArrayList<>();
        if (options.tuningFile().isPresent()) {
            tables.add(TuningTable.read(options.tuningFile().get()));
        }
        TuningCache cache = TuningCache.read(options);
        if (cache.table().isPresent()) {
            tables.add(cache.table().get());
        }
        tuningComplaint = cache.complaint();
        tables.add(TuningTable.packaged());
        this.tables = List.copyOf(tables);
    }

    /**
     * The decision.
     *
     * @param tiles kernel family and tiles
     * @param options what is compiled
     * @param groupQueries queries a work-group owns; of {@link KernelFamily#DECODE} query rows of all heads that share keys
     * @param split how keys are shared out to work-groups
     * @param explanation what was chosen, from where, and why not the others; several lines
     */
    public record Choice(
            TileConfig tiles, KernelOptions options, int groupQueries, KeySplit split, String explanation) {}

    /** Compiles a candidate and says why the compiled kernel cannot run, or nothing if it can. */
    public interface Trial {
        /** See {@link Trial}. */
        Optional<String> obstacle(KernelOptions options, TileConfig tiles);
    }

    /**
     * Takes the first candidate that is legal and compiles to something that can run.
     *
     * @throws UnsupportedByDeviceException if there is none
     * @throws KernelBuildException if a driver does not build a kernel that there is nothing else for
     */
    public Choice choose(AttentionSpec spec, Trial trial) {
        List<String> notes = new ArrayList<>();
        if (tuningComplaint.isPresent()) {
            notes.add(tuningComplaint.get());
        }
        List<KernelFamily> families = families(spec, notes);
        for (KernelFamily family : families) {
            for (Heuristics.Guess candidate : candidates(family, spec)) {
                TileConfig tiles = candidate.tiles();
                Optional<String> obstacle = tiles.obstacle(spec, device);
                KernelOptions options = KernelOptions.of(spec, tiles);
                boolean decode = family == KernelFamily.DECODE;
                int groupQueries = 0;
                KeySplit split = KeySplit.NONE;
                if (obstacle.isEmpty()) {
                    groupQueries = decode ? tiles.tileQ() : Heuristics.groupQueries(spec, tiles, device);
                    split = KeySplit.of(spec, tiles, device, splitSize);
                    obstacle = Counting.obstacle(spec, tiles, groupQueries, split);
                }
                if (obstacle.isEmpty()) {
                    obstacle = tryOut(trial, options, tiles);
                }
                if (obstacle.isEmpty()) {
                    notes.add(
                            0,
                            options.kernel() + " with " + tiles.text() + ", " + groupQueries
                                    + (decode
                                            ? " query rows a work-group, " + split.describe() + ": "
                                            : split.isWhole()
                                                    ? " queries a work-group: "
                                                    : " queries a work-group, " + split.splits() + " shares of "
                                                            + split.keys() + " keys: ")
                                    + candidate.reason());
                    if (!decode && !split.isWhole()) {
                        notes.add("keys are shared out because one sum of more than " + KeySplit.MOST_KEYS
                                + " floats would lose digits");
                    }
                    notes.add("compiled with " + options.text());
                    return new Choice(tiles, options, groupQueries, split, String.join("\n", notes));
                }
                notes.add("not " + tiles.text() + ": " + obstacle.get());
            }
        }
        String explanation = String.join("\n", notes);
        throw new UnsupportedByDeviceException(
                "no " + families.get(0) + " kernel for headDim=" + spec.headDim() + " and valueDim=" + spec.valueDim()
                        + " can run on "
                        + device.name() + "; last try: " + notes.get(notes.size() - 1)
                        + "; use "
                        + (families.get(0) == KernelFamily.MATRIX ? "another KernelFamily" : "a smaller head size")
                        + " or AttentionEngine.open(\"java\")",
                explanation);
    }

    /**
     * Builds a candidate. Kernels for matrix units, and for a processor's dot products, are written in what drivers do not promise to take, so where
     * nobody asked for them a build that fails is an obstacle; of every other kernel it is a fault that must be seen.
     */
    private Optional<String> tryOut(Trial trial, KernelOptions options, TileConfig tiles) {
        String known = unbuilt.get(options);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            return trial.obstacle(options, tiles);
        } catch (KernelBuildException e) {
            boolean daring = tiles.isDaring();
            if (!daring && (tiles.family() != KernelFamily.MATRIX || forced.isPresent())) {
                throw e;
            }
            String complaint = firstLine(e.getMessage());
            Lazy.LOG.warn(
                    "{} does not build the kernel for its {} with {}, so the next best is tried: {}. Please report this with the"
                            + " driver's version, {}{}.",
                    device.name(),
                    daring ? "dot products" : "matrix unit",
                    tiles.text(),
                    complaint,
                    device.driver(),
                    daring ? "" : "; EngineOptions.withFamily(KernelFamily.MATRIX) throws the whole message");
            String refusal = "the driver does not build it: " + complaint;
            unbuilt.put(options, refusal);
            return Optional.of(refusal);
        }
    }

    /** Loaded with the first warning, so that a plan without one needs no logger. */
    private static final class Lazy {
        static final Logger LOG = LoggerFactory.getLogger(Planner.class);
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** The families to try, best first. */
    private List<KernelFamily> families(AttentionSpec spec, List<String> notes) {
        boolean cpu = device.type() == Device.Type.CPU;
        if (forced.isPresent()) {
            KernelFamily family = forced.get();
            if (family == KernelFamily.JAVA || family == KernelFamily.REFERENCE) {
                throw new UnsupportedByDeviceException(
                        family + " does not run on OpenCL devices such as " + device.name()
                                + "; use AttentionEngine.open(\"" + (family == KernelFamily.JAVA ? "java" : "reference")
                                + "\")",
                        device.describe());
            }
            notes.add(family + " was asked for by EngineOptions");
            if (family == KernelFamily.MATRIX) {
                noteMatrix(spec, notes);
            } else if (family == KernelFamily.LANES) {
                noteDot(spec, notes);
            }
            return List.of(family);
        }
        List<KernelFamily> families = new ArrayList<>();
        if (noteDecode(spec, notes)) {
            families.add(KernelFamily.DECODE);
        }
        if (cpu) {
            notes.add("not TILES: " + device.name()
                    + " is a CPU, where work-group tiles were measured 10 to 25 times slower than LANES");
            families.add(KernelFamily.LANES);
            noteDot(spec, notes);
            return families;
        }
        notes.add("not LANES: " + device.name() + " is a " + device.type() + ", whose work-items share local memory");
        if (noteMatrix(spec, notes)) {
            families.add(KernelFamily.MATRIX);
        }
        families.add(KernelFamily.TILES);
        return families;
    }

    /** Whether there are so few queries that all heads that share keys are better treated together; says why or why not. */
    private boolean noteDecode(AttentionSpec spec, List<String> notes) {
        int most = DecodeHeuristics.mostQueries(device);
        if (spec.queryLength() > most) {
            notes.add("not DECODE: " + spec.queryLength() + " queries a head; for up to " + most
                    + " on this device, reading keys once for all heads that share them counts for more");
            return false;
        }
        notes.add("DECODE before the others: " + spec.queryLength() + " queries a head, up to " + most
                + " on this device; fewer than a tile of queries, so reading keys once counts for more");
        if (device.type() == Device.Type.CPU && ByteProduct.areKeysBytes(spec)) {
            noteBytes(spec, notes);
        }
        return true;
    }

    /** Whether the device's matrix unit can compute the spec; says why not. */
    private boolean noteMatrix(AttentionSpec spec, List<String> notes) {
        MatrixUnit unit = MatrixUnit.of(device);
        Optional<String> obstacle = MatrixTiles.requestObstacle(spec);
        if (obstacle.isPresent()) {
            notes.add("not MATRIX: " + obstacle.get());
        } else if (unit == null) {
            notes.add("not MATRIX: " + device.name() + " reports no matrix unit; " + MatrixUnit.KNOWN);
        } else if (MatrixHeuristics.guesses(unit, spec).isEmpty()) {
            notes.add("not MATRIX: rows of " + Math.max(spec.headDim(), spec.valueDim())
                    + " columns do not fit into the registers of " + unit + ", which hold "
                    + MatrixHeuristics.mostColumns(unit));
        }
        return obstacle.isEmpty() && unit != null;
    }

    /** Says why the processor's dot products of bf16 are not used. */
    private void noteDot(AttentionSpec spec, List<String> notes) {
        note(DotProduct.VDPBF16PS, DotProduct.deviceObstacle(device), DotProduct.requestObstacle(spec), notes);
    }

    /** Says why keys of 8 bits are made floats. */
    private void noteBytes(AttentionSpec spec, List<String> notes) {
        note(ByteProduct.VPDPBUSD, ByteProduct.deviceObstacle(device), ByteProduct.requestObstacle(spec), notes);
    }

    private static void note(
            Enum<?> instruction, Optional<String> device, Optional<String> request, List<String> notes) {
        device.or(() -> request).ifPresent(obstacle -> notes.add("not " + instruction + ": " + obstacle));
    }

    private List<Heuristics.Guess> candidates(KernelFamily family, AttentionSpec spec) {
        List<Heuristics.Guess> candidates = new ArrayList<>();
        if (family == KernelFamily.LANES && DotProduct.requestObstacle(spec).isEmpty()) {
            addTuned(candidates, family, DType.BF16.name(), spec);
            addGuesses(candidates, DotProduct.guesses(spec, device));
        }
        if (family == KernelFamily.DECODE && ByteProduct.requestObstacle(spec).isEmpty()) {
            addTuned(candidates, family, DType.I8.name(), spec);
            addGuesses(candidates, DecodeHeuristics.byteGuesses(spec, device));
        }
        addTuned(candidates, family, TuningTable.measuredType(family, spec), spec);
        addGuesses(candidates, Heuristics.guesses(family, spec, device));
        return candidates;
    }

    private void addTuned(List<Heuristics.Guess> candidates, KernelFamily family, String type, AttentionSpec spec) {
        for (TuningTable table : tables) {
            Optional<TuningTable.Row> row = table.find(family, type, spec, device);
            if (row.isPresent()) {
                candidates.add(new Heuristics.Guess(row.get().tiles(), row.get().origin(table.name())));
            }
        }
    }

    private static void addGuesses(List<Heuristics.Guess> candidates, List<Heuristics.Guess> guesses) {
        for (Heuristics.Guess guess : guesses) {
            candidates.add(new Heuristics.Guess(guess.tiles(), "heuristic, " + guess.reason()));
        }
    }
}
