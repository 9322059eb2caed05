package io.github.attention4j.bench.tune;

import io.github.attention4j.Device;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs tiles on the device: checks them, and times them in turns with others. */
final class TileTrial implements HillClimb.Trial, AutoCloseable {
    private static final double TIMED_MILLIS = 300;

    private final TuningTarget target;
    private final Device device;
    private final List<Case> problems;
    private final List<Budget> budgets;
    private final Path table;
    private final Map<Tiles, ForcedTiles> open = new LinkedHashMap<>();

    /** @param folder for a tuning table of one row, which is how tiles are forced */
    TileTrial(TuningTarget target, Device device, List<Case> problems, Path folder) {
        this.target = target;
        this.device = device;
        this.problems = problems;
        this.budgets = problems.stream().map(Case::budget).toList();
        this.table = folder.resolve("candidate.csv");
    }

    @Override
    public Candidate tryOut(Tiles tiles, Candidate best) {
        Optional<String> obstacle = tiles.obstacle(target.spec(), device);
        if (obstacle.isPresent()) {
            return Candidate.refused(tiles, obstacle.get());
        }
        try {
            closeAllBut(best == null ? Set.of() : Set.of(best.tiles())); // which need not be built again
            if (best != null) {
                open(best.tiles());
            }
            return measure(tiles, best);
        } catch (ForcedTiles.Refused | UnsupportedOperationException e) {
            return Candidate.refused(tiles, e.getMessage());
        } catch (RuntimeException e) { // of the driver: the next candidate may do better, with nothing left of this one
            startOver();
            return Candidate.failed(tiles, Double.NaN, e.toString());
        }
    }

    private ForcedTiles open(Tiles tiles) throws ForcedTiles.Refused {
        if (!open.containsKey(tiles)) {
            open.put(tiles, new ForcedTiles(target, device, tiles, problems, table));
        }
        return open.get(tiles);
    }

    private void closeAllBut(Set<Tiles> kept) {
        open.forEach((tiles, forced) -> {
            if (!kept.contains(tiles)) {
                forced.close();
            }
        });
        open.keySet().retainAll(kept);
    }

    private Candidate measure(Tiles tiles, Candidate best) throws ForcedTiles.Refused {
        ForcedTiles forced = open(tiles);
        double error = 0;
        for (int i = 0; i < problems.size(); i++) {
            Verdict verdict = forced.contender(i).check(budgets.get(i));
            if (!verdict.passed()) {
                return Candidate.failed(tiles, verdict.error(), "wrong answer, " + verdict.fault());
            }
            error = Math.max(error, verdict.error());
        }
        double gflops = best == null
                ? gflops(forced)
                : best.gflops()
                        * Gain.mean(gains(tiles, List.of(best.tiles()), TIMED_MILLIS)
                                .get(best.tiles()));
        return Candidate.timed(tiles, gflops, error);
    }

    private double gflops(ForcedTiles forced) {
        double flops = 0;
        double millis = 0;
        for (int i = 0; i < problems.size(); i++) {
            millis += KernelClock.median(forced.contender(i), TIMED_MILLIS / 2);
            flops += problems.get(i).flops();
        }
        return flops / millis * 1e-6;
    }

    /**
     * What the first tiles gain on each problem over each of the others, all timed in turns.
     *
     * @param forMillis for each problem
     * @throws ForcedTiles.Refused if the planner does not take some of them
     */
    Map<Tiles, List<Gain>> gains(Tiles first, List<Tiles> others, double forMillis) throws ForcedTiles.Refused {
        List<ForcedTiles> all = new ArrayList<>(List.of(open(first)));
        Map<Tiles, List<Gain>> gains = new LinkedHashMap<>();
        for (Tiles other : others) {
            all.add(open(other));
            gains.put(other, new ArrayList<>());
        }
        for (int i = 0; i < problems.size(); i++) {
            int problem = i;
            List<Contender> contenders = all.stream()
                    .map(each -> (Contender) each.contender(problem))
                    .toList();
            double[][] times = KernelClock.race(contenders, forMillis);
            for (int other = 0; other < others.size(); other++) {
                gains.get(others.get(other)).add(Gain.of(problems.get(i).shape(), times[0], times[1 + other]));
            }
        }
        return gains;
    }

    /** Forgets what is built. */
    void startOver() {
        closeAllBut(Set.of());
    }

    @Override
    public void close() {
        startOver();
    }
}
