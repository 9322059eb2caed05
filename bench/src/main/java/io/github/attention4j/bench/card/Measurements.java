package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.tune.Tuning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of shapes: what the planner takes by itself with the tuned tiles, and each family that is not hopelessly
 * slow.
 */
public final class Measurements {
    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    /** No call may take so long, by the rate that tuning found. */
    private static final double LONGEST_MILLIS = 1000;

    private final Measurement measurement;
    private final CardFile file;
    private final Tuning tuning;
    private final EngineOptions options;
    private final List<KernelFamily> families;
    private final List<CardRow> rows = new ArrayList<>();
    /** How many shapes each reason kept out. */
    private final Map<String, Integer> notes = new LinkedHashMap<>();

    private final List<String> failures = new ArrayList<>();
    private int shapes;

    /**
     * Nothing is measured yet.
     *
     * @param families which; the one for few queries has shapes of its own, {@link DecodeTimes}
     * @param table the winners of tuning
     */
    public Measurements(
            Device device, double peak, CardFile file, Tuning tuning, List<KernelFamily> families, Path table) {
        this.measurement = new Measurement(device, peak);
        this.file = file;
        this.tuning = tuning;
        this.families = families.stream()
                .filter(family -> family != KernelFamily.DECODE)
                .toList();
        this.options = EngineOptions.defaults().withCacheDirectory(null).withTuningFile(table);
    }

    /** How many steps {@link #run} takes. */
    public int steps(List<AttentionSpec> shapes) {
        return TYPES.size() * shapes.size() * families.size();
    }

    /** Measures until time is up; the first in any case. */
    public void run(List<AttentionSpec> shapes, Deadline deadline, Runnable afterStep) {
        this.shapes = shapes.size();
        for (AttentionSpec shape : shapes) {
            for (DType type : TYPES) {
                Case problem = null;
                for (KernelFamily family : families) {
                    String what = family + " " + type + " " + Case.shape(shape);
                    Optional<String> obstacle = obstacle(family, shape, deadline);
                    if (obstacle.isPresent()) {
                        note(family, obstacle.get());
                    } else {
                        problem = problem == null ? Measurement.problem(shape, type) : problem;
                        row(what, family, problem);
                    }
                    afterStep.run();
                }
            }
        }
    }

    private Optional<String> obstacle(KernelFamily family, AttentionSpec shape, Deadline deadline) {
        if (deadline.isOver() && !rows.isEmpty()) {
            return Optional.of("left out, time was up");
        }
        double rate = tuning.rate(family);
        double flops = 4.0 * shape.batch() * shape.heads() * shape.queryLength() * shape.keyLength() * shape.headDim();
        return rate > 0 && flops / rate * 1e-6 <= LONGEST_MILLIS
                ? Optional.empty()
                : Optional.of(
                        rate > 0 ? "left out, a call would take more than a second" : "left out, no rate is known");
    }

    private void row(String what, KernelFamily family, Case problem) {
        file.state("measuring " + what);
        try {
            CardRow row = measurement.row(options.withFamily(family), problem);
            rows.add(row);
            file.measured(row);
        } catch (UnsupportedOperationException e) {
            note(family, "not on this device: " + RefusalReason.of(e.getMessage()));
        } catch (Measurement.WrongAnswer | RuntimeException e) {
            failures.add(what + ": " + e);
        }
    }

    private void note(KernelFamily family, String reason) {
        notes.merge(family + ": " + reason, 1, Integer::sum);
    }

    /** What was measured. */
    public List<CardRow> rows() {
        return List.copyOf(rows);
    }

    /** What was not, and why. */
    public List<String> notes() {
        return notes.entrySet().stream()
                .map(note ->
                        note.getKey() + " (" + note.getValue() + " of " + TYPES.size() + " x " + shapes + " shapes)")
                .toList();
    }

    /** What failed. */
    public List<String> failures() {
        return List.copyOf(failures);
    }
}
