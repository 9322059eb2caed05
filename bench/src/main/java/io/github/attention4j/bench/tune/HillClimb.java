package io.github.attention4j.bench.tune;

import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for the fastest tiles: tries the first ones, then the neighbours of the best until none is faster or time is
 * up.
 */
public final class HillClimb {
    /** Candidates that are faster by less are the same, within what a measurement is worth. */
    private static final double FASTER = 1.01;

    private final Trial trial;
    private final Deadline deadline;
    private final Map<Tiles, Candidate> tried = new LinkedHashMap<>();
    private Candidate best;

    /** Checks and times. */
    public interface Trial {
        /**
         * How these tiles do.
         *
         * @param best the best so far, to be timed in turns with, or null if there is none
         */
        Candidate tryOut(Tiles tiles, Candidate best);
    }

    /** Nothing is tried yet. */
    public HillClimb(Trial trial, Deadline deadline) {
        this.trial = trial;
        this.deadline = deadline;
    }

    /** The fastest found, or empty if none ran; at least one of the first is tried, however late it is. */
    public Optional<Candidate> from(Set<Tiles> first) {
        tryAll(first);
        Candidate before = null;
        while (best != null && best != before && !deadline.isOver()) {
            before = best;
            tryAll(Neighbours.of(best.tiles()));
        }
        return best();
    }

    private void tryAll(Set<Tiles> all) {
        for (Tiles tiles : all) {
            if (!tried.containsKey(tiles) && (tried.isEmpty() || !deadline.isOver())) {
                Candidate candidate = trial.tryOut(tiles, best);
                tried.put(tiles, candidate);
                if (candidate.isTimed() && (best == null || candidate.gflops() > best.gflops() * FASTER)) {
                    best = candidate;
                }
            }
        }
    }

    /** The fastest so far, or empty if none ran. */
    Optional<Candidate> best() {
        return Optional.ofNullable(best);
    }

    /** Whether nothing is known against these tiles: they ran and were right, or time was up before. */
    boolean mayRun(Tiles tiles) {
        return !tried.containsKey(tiles) || tried.get(tiles).isTimed();
    }

    /** Whether there was time for all of these. */
    boolean triedAll(Set<Tiles> all) {
        return tried.keySet().containsAll(all);
    }

    /** Everything that was tried, in order. */
    public List<Candidate> tried() {
        return new ArrayList<>(tried.values());
    }
}
