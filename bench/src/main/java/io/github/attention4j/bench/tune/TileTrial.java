package io.github.attention4j.bench.tune;

import io.github.attention4j.Device;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.bench.run.Quartiles;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs tiles on the device: checks them, and times them in turns with the best so far. */
final class TileTrial implements HillClimb.Trial, AutoCloseable {
    private static final double TIMED_MILLIS = 300;

    private final TuningTarget target;
    private final Device device;
    private final List<Case> problems;
    private final List<Budget> budgets;
    private final Path table;
    private ForcedTiles incumbent;
    /** What was tried last: if it is the best from now on, it need not be built again. */
    private ForcedTiles last;

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
            makeIncumbent(best);
            last = open(tiles);
            return measure(best);
        } catch (ForcedTiles.Refused | UnsupportedOperationException e) {
            return Candidate.refused(tiles, e.getMessage());
        } catch (RuntimeException e) { // of the driver: the next candidate may do better, with nothing left of this one
            close();
            return Candidate.failed(tiles, Double.NaN, e.toString());
        }
    }

    private void makeIncumbent(Candidate best) throws ForcedTiles.Refused {
        if (best != null && last != null && last.tiles().equals(best.tiles())) {
            ForcedTiles displaced = incumbent;
            incumbent = last;
            last = displaced;
        }
        if (last != null) {
            last.close();
            last = null;
        }
        if (best != null && incumbent == null) { // closed after a failure
            incumbent = open(best.tiles());
        }
    }

    private ForcedTiles open(Tiles tiles) throws ForcedTiles.Refused {
        return new ForcedTiles(target, device, tiles, problems, table);
    }

    private Candidate measure(Candidate best) {
        Tiles tiles = last.tiles();
        double error = 0;
        for (int i = 0; i < problems.size(); i++) {
            Verdict verdict = last.contender(i).check(budgets.get(i));
            if (!verdict.passed()) {
                return Candidate.failed(tiles, verdict.error(), "wrong answer, " + verdict.fault());
            }
            error = Math.max(error, verdict.error());
        }
        return Candidate.timed(tiles, best == null ? gflops() : best.gflops() * gain(), error);
    }

    private double gflops() {
        double flops = 0;
        double millis = 0;
        for (int i = 0; i < problems.size(); i++) {
            millis += KernelClock.median(last.contender(i), TIMED_MILLIS / 2);
            flops += problems.get(i).flops();
        }
        return flops / millis * 1e-6;
    }

    /** How many times as fast as the incumbent, by the geometric mean of the problems. */
    private double gain() {
        double logs = 0;
        for (int i = 0; i < problems.size(); i++) {
            double[][] times = KernelClock.race(List.of(last.contender(i), incumbent.contender(i)), TIMED_MILLIS);
            logs += Math.log(
                    Quartiles.of(times[1]).median() / Quartiles.of(times[0]).median());
        }
        return Math.exp(logs / problems.size());
    }

    @Override
    public void close() {
        if (last != null) {
            last.close();
        }
        if (incumbent != null) {
            incumbent.close();
        }
        last = null;
        incumbent = null;
    }
}
