package io.github.attention4j.bench.tune;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Looks for the fastest tiles of every target within a time. */
public final class Tuning {
    /** What wants to know how tuning goes, step by step. */
    public interface Log {
        /** Something is about to begin. */
        default void state(String state) {}

        /**
         * A target is done.
         *
         * @param length queries and keys of its problems, or 0 if the shapes were given or nothing ran
         * @param note why nothing was tuned, or null
         * @param row the winner's line for the tuning table, or null if there is none
         */
        default void tuned(TuningTarget target, int length, String note, List<Candidate> tried, String row) {}
    }

    private static final double CALL_MILLIS = 60;
    private static final int LONGEST = 4096;
    private static final int LONGEST_QUICK = 256;
    /** The rest of a target's time is for the comparison of its best tiles with the planner's own. */
    private static final double CLIMBING = 0.75;

    private static final double LEAST_COMPARISON_MILLIS = 500;
    private static final double MOST_COMPARISON_MILLIS = 10_000;

    private final Device device;
    private final boolean quick;
    private final Path folder;
    private final Log log;
    private final Runnable afterCandidate;
    private final Optional<Path> known;
    private final List<Tuned> results = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<KernelFamily, Double> rates = new EnumMap<>(KernelFamily.class);
    private final SampleRates samples = new SampleRates();

    /**
     * Keeps what it needs.
     *
     * @param folder for tuning tables while it runs
     * @param afterCandidate is called after each candidate
     * @param known a table of what an earlier run found, to begin with
     */
    public Tuning(Device device, boolean quick, Path folder, Log log, Runnable afterCandidate, Optional<Path> known) {
        this.device = device;
        this.quick = quick;
        this.folder = folder;
        this.log = log;
        this.afterCandidate = afterCandidate;
        this.known = known;
    }

    /** Takes the targets one after the other, each with its share of the time that is left; the first in any case. */
    public List<Tuned> run(List<TuningTarget> targets, Deadline deadline) {
        for (TuningTarget target : targets) {
            if (!target.isOfFewQueries() && (target == targets.get(0) || !deadline.isOver())) {
                sample(target);
            }
        }
        for (int i = 0; i < targets.size(); i++) {
            results.add(tuneOrSay(targets.get(i), deadline.after(1.0 / (targets.size() - i))));
        }
        return List.copyOf(results);
    }

    private void sample(TuningTarget target) {
        log.state("trying " + target);
        samples.take(target, each -> {
            double rate = SampleRates.measure(each, device);
            rates.merge(each.family(), rate, Math::max);
            return rate;
        });
    }

    /** One target that breaks off must not take the others along. */
    private Tuned tuneOrSay(TuningTarget target, Deadline deadline) {
        try {
            return tune(target, deadline);
        } catch (UnsupportedOperationException | ForcedTiles.Refused e) {
            return skipped(target, "not on this device: " + e.getMessage());
        } catch (RuntimeException e) {
            failures.add(target + ": " + e);
            return skipped(target, "FAILED: " + e);
        }
    }

    private Tuned tune(TuningTarget target, Deadline deadline) throws ForcedTiles.Refused {
        if (deadline.isOver() && !results.isEmpty()) {
            return skipped(target, "time was up");
        }
        int length = 0;
        if (!target.isOfFewQueries()) { // no other family is for these, and reading is what takes their time
            Optional<String> obstacle = samples.obstacle(target);
            if (obstacle.isPresent()) {
                return skipped(target, obstacle.get());
            }
            length = samples.length(target, CALL_MILLIS, quick ? LONGEST_QUICK : LONGEST);
        }
        log.state("tuning " + target);
        List<Case> problems = target.problems(length);
        try (TileTrial trial = new TileTrial(target, device, problems, folder)) {
            HillClimb climb = new HillClimb(
                    (tiles, best) -> {
                        log.state("tuning " + target + ", trying " + tiles.text());
                        Candidate candidate = trial.tryOut(tiles, best);
                        afterCandidate.run();
                        return candidate;
                    },
                    deadline.after(CLIMBING));
            climb.from(first(target));
            climb.tried().stream()
                    .filter(Candidate::isFailure)
                    .map(each -> target + " with " + each.tiles().text() + ": " + each.problem())
                    .forEach(failures::add);
            trial.startOver(); // the comparison is of what is built anew
            Tuned tuned = climb.best().isEmpty()
                    ? Tuned.not(target, target.key(device), "nothing ran")
                    : compare(target, trial, climb, deadline.secondsLeft() * 1000 / problems.size());
            int ownLength = target.shapes().isEmpty() ? length : 0;
            log.tuned(target, ownLength, tuned.note(), climb.tried(), tuned.row());
            return tuned;
        }
    }

    private Set<Tiles> first(TuningTarget target) {
        Set<Tiles> first = Neighbours.first(target.family(), target.spec(), device);
        known.ifPresent(table -> first.addAll(Candidates.of(table, target.family())));
        return first;
    }

    private Tuned compare(TuningTarget target, TileTrial trial, HillClimb climb, double millis)
            throws ForcedTiles.Refused {
        Candidate best = climb.best().orElseThrow();
        rates.merge(target.family(), best.gflops(), Math::max);
        Tiles heuristic = firstThatMayRun(target, climb, best.tiles());
        Tiles own = Candidates.packaged(target.family(), target.spec(), device)
                .filter(climb::mayRun)
                .orElse(heuristic);
        Set<Tiles> others = new LinkedHashSet<>(List.of(own, heuristic));
        others.remove(best.tiles());
        log.state("comparing " + best.tiles().text() + " with the planner's own");
        Map<Tiles, List<Gain>> gains = others.isEmpty()
                ? Map.of()
                : trial.gains(
                        best.tiles(),
                        List.copyOf(others),
                        Math.max(LEAST_COMPARISON_MILLIS, Math.min(MOST_COMPARISON_MILLIS, millis)));
        afterCandidate.run();
        List<Gain> overOwn = gains.getOrDefault(own, List.of());
        return new Tuned(
                target,
                target.key(device),
                null,
                climb.tried().size(),
                best.tiles(),
                best.gflops(),
                own,
                overOwn,
                heuristic,
                gains.getOrDefault(heuristic, List.of()),
                target.isForTables() && Gain.isWon(overOwn) ? target.row(device, best.tiles(), best.gflops()) : null,
                climb.triedAll(first(target)));
    }

    /** What the planner would take if there were no tables: its first guess that runs. */
    private Tiles firstThatMayRun(TuningTarget target, HillClimb climb, Tiles otherwise) {
        return Candidates.guesses(target.family(), target.spec(), device).stream()
                .filter(tiles -> tiles.obstacle(target.spec(), device).isEmpty() && climb.mayRun(tiles))
                .findFirst()
                .orElse(otherwise);
    }

    private Tuned skipped(TuningTarget target, String why) {
        log.tuned(target, 0, why, List.of(), null);
        return Tuned.not(target, target.key(device), why);
    }

    /** The winners, as lines of a tuning table. */
    public List<String> rows() {
        return results.stream().map(Tuned::row).filter(Objects::nonNull).toList();
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
