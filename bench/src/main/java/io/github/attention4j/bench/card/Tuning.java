package io.github.attention4j.bench.card;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.Heuristics;
import io.github.attention4j.internal.plan.TuningTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for the fastest tiles of every family, type and head size within a time. */
public final class Tuning {
    private static final double CALL_MILLIS = 60;
    private static final int LONGEST = 4096;
    private static final int LONGEST_QUICK = 256;
    /** A family that is so much slower than the fastest will not be chosen, whatever its tiles. */
    private static final double TOO_SLOW = 0.05;

    private final Device device;
    private final boolean quick;
    private final Path folder;
    private final CardFile file;
    private final Runnable afterCandidate;
    private final List<String> rows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<KernelFamily, Double> rates = new EnumMap<>(KernelFamily.class);

    /**
     * Keeps what it needs.
     *
     * @param folder for tuning tables while it runs
     * @param afterCandidate is called after each candidate
     */
    public Tuning(Device device, boolean quick, Path folder, CardFile file, Runnable afterCandidate) {
        this.device = device;
        this.quick = quick;
        this.folder = folder;
        this.file = file;
        this.afterCandidate = afterCandidate;
    }

    /** Takes the targets one after the other, each with its share of the time that is left; a line for people on each. */
    public List<String> run(Deadline deadline) throws IOException {
        List<TuningTarget> targets = targets();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            lines.add(tuneOrSay(targets.get(i), deadline.after(1.0 / (targets.size() - i))));
        }
        return lines;
    }

    private List<TuningTarget> targets() throws IOException {
        List<TuningTarget> targets = new ArrayList<>();
        int[] headDims = quick ? new int[] {64} : new int[] {64, 128};
        for (DType type : List.of(DType.F32, DType.F16)) {
            for (KernelFamily family : Families.openCl(device, type)) {
                if (family == KernelFamily.DECODE) {
                    continue; // its tiles follow from the number of query rows, of which a tuning table knows nothing
                }
                for (int headDim : headDims) {
                    TuningTarget target = new TuningTarget(family, type, headDim);
                    if (isListened(target)) {
                        targets.add(target);
                    }
                }
            }
        }
        return targets;
    }

    /** Whether the tuning table can speak for such problems: what no planner looks up is not worth the time. */
    private boolean isListened(TuningTarget target) throws IOException {
        Optional<Heuristics.Guess> any =
                Heuristics.guesses(target.family(), target.problems(1).get(0).spec(), device).stream()
                        .filter(guess -> guess.tiles()
                                .obstacle(target.problems(1).get(0).spec(), device)
                                .isEmpty())
                        .findFirst();
        if (any.isEmpty()) {
            return true; // so that the file says why
        }
        Path table = folder.resolve("listened.csv");
        Files.writeString(
                table, TuningTarget.table(List.of(target.row(device, any.get().tiles(), 1))));
        return TuningTable.read(table)
                .find(target.family(), target.problems(1).get(0).spec(), device)
                .isPresent();
    }

    /** One target that breaks off must not take the others along. */
    private String tuneOrSay(TuningTarget target, Deadline deadline) {
        try {
            return tune(target, deadline);
        } catch (UnsupportedOperationException e) {
            return skipped(target, "not on this device: " + e.getMessage());
        } catch (RuntimeException e) {
            failures.add(target + ": " + e);
            return skipped(target, "FAILED: " + e);
        }
    }

    private String tune(TuningTarget target, Deadline deadline) {
        if (deadline.isOver()) {
            return skipped(target, "time was up");
        }
        file.state("tuning " + target);
        double rate = Rate.of(target, device);
        rates.merge(target.family(), rate, Math::max);
        double fastest = rates.values().stream().mapToDouble(r -> r).max().orElseThrow();
        if (rate < TOO_SLOW * fastest) {
            return skipped(target, "%.2f GFLOP/s beside %.1f: not worth tuning".formatted(rate, fastest));
        }
        int length = Rate.length(target, rate, CALL_MILLIS, quick ? LONGEST_QUICK : LONGEST);
        Trial trial = new Trial(target, device, target.problems(length), folder);
        Climb climb = new Climb(
                tiles -> {
                    file.state("tuning " + target + ", trying " + tiles.text());
                    Candidate candidate = trial.apply(tiles);
                    afterCandidate.run();
                    return candidate;
                },
                deadline);
        Optional<Candidate> best = climb.from(
                Neighbours.first(target.family(), target.problems(1).get(0).spec(), device));
        climb.tried().stream()
                .filter(Candidate::isFailure)
                .forEach(candidate ->
                        failures.add(target + " with " + candidate.tiles().text() + ": " + candidate.problem()));
        String row = best.map(b -> target.row(device, b.tiles(), b.gflops())).orElse(null);
        file.tuned(target, length, null, climb.tried(), row);
        if (row == null) {
            return target + ": nothing ran";
        }
        rows.add(row);
        rates.merge(target.family(), best.get().gflops(), Math::max);
        return "%s: %s, %.1f GFLOP/s, best of %d at length %d"
                .formatted(
                        target,
                        best.get().tiles().text(),
                        best.get().gflops(),
                        climb.tried().size(),
                        length);
    }

    private String skipped(TuningTarget target, String why) {
        file.tuned(target, 0, why, List.of(), null);
        return target + ": " + why;
    }

    /** The winners, as lines of a tuning table. */
    public List<String> rows() {
        return List.copyOf(rows);
    }

    /** Candidates that did not compile or run, or whose answer was wrong. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** The best rate of a family so far in GFLOP/s; 0 if it did not run. */
    public double rate(KernelFamily family) {
        return rates.getOrDefault(family, 0.0);
    }
}
