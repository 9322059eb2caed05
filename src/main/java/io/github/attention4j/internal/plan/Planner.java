package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.Counting;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.Family.Variant;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.util.ArrayList;
import java.util.Comparator;
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
    private final UnitRates rates;
    private final boolean isAmxAsked;
    /**
     * Programs that the driver did not build, with its complaints: the next spec that wants one need not wait for the
     * same answer.
     */
    private final Map<KernelOptions, String> unbuilt = new ConcurrentHashMap<>();

    private final Optional<String> tuningComplaint;

    /**
     * For one device. The user's own tuning file comes before what the tuner found on this machine, and that before the
     * packaged table.
     */
    public Planner(Device device, EngineOptions options) {
        this(device, options, UnitRates.UNMEASURED);
    }

    /** Likewise, for a device whose instructions can be measured. */
    public Planner(Device device, EngineOptions options, UnitRates rates) {
        this.device = device;
        this.rates = rates;
        this.forced = options.family();
        this.splitSize = options.splitSize();
        this.isAmxAsked = options.amx();
        List<TuningTable> tables = new ArrayList<>();
        if (options.tuningFile().isPresent()) {
            tables.add(Tables.read(options.tuningFile().get()));
        }
        TuningCache<TuningTable> cache = TuningCache.read(options, TuningCache.FILE, Tables.FILES);
        if (cache.table().isPresent()) {
            tables.add(cache.table().get());
        }
        tuningComplaint = cache.complaint();
        tables.addAll(Tables.packaged(device));
        this.tables = List.copyOf(tables);
    }

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
        List<Family> families = families(spec, notes);
        for (Family family : families) {
            for (Guess candidate : candidates(family, spec, notes)) {
                TileConfig tiles = candidate.tiles();
                KernelOptions options = tiles.kernel(spec);
                Optional<String> obstacle = tiles.obstacle(spec, device)
                        .or(() -> rates.obstacle(tiles.instruction(), tiles.productsEach()));
                if (obstacle.isEmpty()) {
                    KeySplit split = spec.isBackward()
                            ? tiles.scratch(spec).split()
                            : KeySplit.of(spec, tiles, device, splitSize);
                    int groupQueries = Geometry.groupQueries(spec, tiles, device);
                    obstacle = Counting.obstacle(spec, tiles, groupQueries, split)
                            .or(() -> tryOut(trial, options, tiles, family))
                            .or(() -> tiles.fallback(spec, device)
                                    .flatMap(left -> tryOut(trial, left.kernelOfFallback(spec), left, family)));
                    if (obstacle.isEmpty()) {
                        notes.add(0, headline(tiles, options, groupQueries, split) + candidate.reason());
                        if (!spec.isBackward() && !tiles.areHeadsJoined() && !split.isWhole()) {
                            notes.add("keys are shared out because one sum of more than " + KeySplit.MOST_KEYS
                                    + " floats would lose digits");
                        }
                        rates.describe(tiles.instruction()).ifPresent(notes::add);
                        notes.add("compiled with " + options.text());
                        return Choice.of(spec, device, tiles, options, split, notes);
                    }
                }
                notes.add("not " + tiles.text() + ": " + obstacle.get());
            }
        }
        KernelFamily first = families.get(0).name();
        String explanation = String.join("\n", notes);
        throw new UnsupportedByDeviceException(
                "no " + first + " kernel for headDim=" + spec.headDim() + " and valueDim=" + spec.valueDim()
                        + " can run on "
                        + device.name() + "; last try: " + notes.get(notes.size() - 1)
                        + "; use "
                        + (families.get(0).mayFailToBuild() ? "another KernelFamily" : "a smaller head size")
                        + " or AttentionEngine.open(\"java\")",
                explanation);
    }

    private static String headline(TileConfig tiles, KernelOptions options, int groupQueries, KeySplit split) {
        String owned = options.kernel() + " with " + tiles.text() + ", " + groupQueries;
        if (options.isBackward()) {
            return options.kernel() + " with " + tiles.text() + (split.isWhole() ? "" : ", " + split.describe()) + ": ";
        }
        if (tiles.areHeadsJoined()) {
            return owned + " query rows a work-group, " + split.describe() + ": ";
        }
        return owned + " queries a work-group"
                + (split.isWhole() ? "" : ", " + split.splits() + " shares of " + split.keys() + " keys") + ": ";
    }

    /**
     * Builds a candidate. Kernels for matrix units, and for a processor's dot products, are written in what drivers do
     * not promise to take, so where nobody asked for them a build that fails is an obstacle; of every other kernel it
     * is a fault that must be seen.
     */
    private Optional<String> tryOut(Trial trial, KernelOptions options, TileConfig tiles, Family family) {
        String known = unbuilt.get(options);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            return trial.obstacle(options, tiles);
        } catch (KernelBuildException e) {
            boolean daring = tiles.isDaring();
            if (!daring && (!family.mayFailToBuild() || forced.isPresent())) {
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
                    daring
                            ? ""
                            : "; EngineOptions.withFamily(KernelFamily." + family.name()
                                    + ") throws the whole message");
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

    /** The families to try, best first; {@code notes} is told why not the others. */
    private List<Family> families(AttentionSpec spec, List<String> notes) {
        if (forced.isPresent()) {
            Family family = Families.of(requireKernels(forced.get()));
            notes.add(forced.get() + " was asked for by EngineOptions");
            family.unwanted(spec, device)
                    .ifPresent(why -> notes.add("left to itself, not " + family.name() + ": " + why));
            notes.addAll(family.remarks(spec, device));
            return List.of(family);
        }
        List<Family> families = new ArrayList<>();
        for (Family family : Families.ALL) {
            Optional<String> unwanted = family.unwanted(spec, device);
            if (unwanted.isPresent()) {
                notes.add("not " + family.name() + ": " + unwanted.get());
            } else {
                notes.addAll(family.remarks(spec, device));
                families.add(family);
            }
        }
        return families;
    }

    private KernelFamily requireKernels(KernelFamily family) {
        if (family == KernelFamily.JAVA || family == KernelFamily.REFERENCE) {
            throw new UnsupportedByDeviceException(
                    family + " does not run on OpenCL devices such as " + device.name()
                            + "; use AttentionEngine.open(\"" + (family == KernelFamily.JAVA ? "java" : "reference")
                            + "\")",
                    device.describe());
        }
        return family;
    }

    /** What was measured for the spec, then what is guessed, of each variant. */
    private List<Guess> candidates(Family family, AttentionSpec spec, List<String> notes) {
        List<Guess> candidates = new ArrayList<>();
        for (Variant variant : family.variants(spec, device)) {
            for (TuningTable table : tables) {
                Optional<TuningRow> row = table.find(family.name(), variant.measuredType(), spec, device);
                if (row.isPresent()) {
                    candidates.add(new Guess(row.get().tiles(), row.get().origin(table.name())));
                }
            }
            for (Guess guess : variant.guesses()) {
                candidates.add(new Guess(guess.tiles(), "heuristic, " + guess.reason()));
            }
        }
        if (isAmxAsked) { // before what was measured without it
            candidates.sort(Comparator.comparing(guess -> !isOfAmx(guess)));
        } else if (candidates.removeIf(Planner::isOfAmx)) {
            notes.add("not AMX, which " + device.name() + " has: it was turned off, by"
                    + " EngineOptions.withAmx(false) or -Dattention4j.amx=false");
        }
        return candidates;
    }

    private static boolean isOfAmx(Guess guess) {
        Instruction instruction = guess.tiles().instruction();
        return instruction != null && instruction.isOfAmx();
    }
}
