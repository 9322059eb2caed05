package io.github.attention4j.bench.card;

import io.github.attention4j.internal.plan.TileConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Looks for the fastest tiles: tries the first ones, then the neighbours of the best until none is faster or time is up. */
public final class Climb {
    /** Candidates that are faster by less are the same, within what a measurement is worth. */
    private static final double FASTER = 1.01;

    private final Function<TileConfig, Candidate> tryOut;
    private final Deadline deadline;
    private final Map<TileConfig, Candidate> tried = new LinkedHashMap<>();
    private Candidate best;

    /** @param tryOut checks and times */
    public Climb(Function<TileConfig, Candidate> tryOut, Deadline deadline) {
        this.tryOut = tryOut;
        this.deadline = deadline;
    }

    /** The fastest found, or empty if none ran; at least one of the first is tried, however late it is. */
    public Optional<Candidate> from(Set<TileConfig> first) {
        tryAll(first);
        Candidate before = null;
        while (best != null && best != before && !deadline.isOver()) {
            before = best;
            tryAll(Neighbours.of(best.tiles()));
        }
        return Optional.ofNullable(best);
    }

    private void tryAll(Set<TileConfig> all) {
        for (TileConfig tiles : all) {
            if (!tried.containsKey(tiles) && (tried.isEmpty() || !deadline.isOver())) {
                Candidate candidate = tryOut.apply(tiles);
                tried.put(tiles, candidate);
                if (candidate.isTimed() && (best == null || candidate.gflops() > best.gflops() * FASTER)) {
                    best = candidate;
                }
            }
        }
    }

    /** Everything that was tried, in order. */
    public List<Candidate> tried() {
        return new ArrayList<>(tried.values());
    }
}
