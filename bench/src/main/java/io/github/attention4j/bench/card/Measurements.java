package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CardTimer.Call;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.tune.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table of shapes: what the planner takes by itself with the tuned tiles, and each family that is not hopelessly
 * slow.
 */
public final class Measurements {
    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    /** No call may take so long, by the rate that tuning found. */
    private static final double LONGEST_MILLIS = 1000;

    private final CardTimer timer;
    private final CardFile file;
    private final Tuning tuning;
    private final EngineOptions options;
    private final List<KernelFamily> families;
    private int shapes;

    /**
     * Nothing is measured yet.
     *
     * @param peak what multiply-adds alone reach, in GFLOP/s, or NaN
     * @param families which; the one for few queries has shapes of its own, {@link DecodeTimes}
     * @param table the winners of tuning
     */
    public Measurements(
            Device device, double peak, CardFile file, Tuning tuning, List<KernelFamily> families, Path table) {
        this.timer = new CardTimer(device, peak);
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
                Call call = null;
                for (KernelFamily family : families) {
                    Optional<String> obstacle = obstacle(family, shape, deadline);
                    if (obstacle.isPresent()) {
                        timer.note("" + family, obstacle.get());
                    } else {
                        call = call == null ? call(shape, type) : call;
                        String what = family + " " + type + " " + Case.shape(shape);
                        file.state("measuring " + what);
                        timer.time(what, "" + family, options.withFamily(family), call)
                                .ifPresent(file::measured);
                    }
                    afterStep.run();
                }
            }
        }
    }

    private static Call call(AttentionSpec shape, DType type) {
        Case problem = Case.random("random data", shape.toBuilder().types(type).build());
        return new Call(
                problem.shape(),
                type.name().toLowerCase(Locale.ROOT),
                problem.flops(),
                engine -> new EngineContender(engine, problem),
                contender -> contender.check(problem.budget()));
    }

    private Optional<String> obstacle(KernelFamily family, AttentionSpec shape, Deadline deadline) {
        if (deadline.isOver() && !timer.rows.isEmpty()) {
            return Optional.of("left out, time was up");
        }
        double rate = tuning.rate(family);
        double flops = 4.0 * shape.batch() * shape.heads() * shape.queryLength() * shape.keyLength() * shape.headDim();
        return rate > 0 && flops / rate * 1e-6 <= LONGEST_MILLIS
                ? Optional.empty()
                : Optional.of(
                        rate > 0 ? "left out, a call would take more than a second" : "left out, no rate is known");
    }

    /** What was measured. */
    public List<CardRow> rows() {
        return List.copyOf(timer.rows);
    }

    /** What was not, and why. */
    public List<String> notes() {
        String of = " of " + TYPES.size() + " x " + shapes + " shapes)";
        return timer.notes.entrySet().stream()
                .map(note -> note.getKey() + " (" + note.getValue() + of)
                .toList();
    }

    /** What failed. */
    public List<String> failures() {
        return List.copyOf(timer.failures);
    }
}
