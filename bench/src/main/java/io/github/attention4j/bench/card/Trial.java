package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionOracle;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.internal.plan.TileConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs tiles on the device: in an engine of their own, since one that failed may have broken its context. */
final class Trial implements Function<TileConfig, Candidate> {
    private static final double TIMED_MILLIS = 150;

    private final TuningTarget target;
    private final Device device;
    private final List<OptionProblem> problems;
    private final List<OptionOracle> oracles;
    private final Path table;

    /** @param folder for a tuning table of one row, which is how tiles are forced */
    Trial(TuningTarget target, Device device, List<OptionProblem> problems, Path folder) {
        this.target = target;
        this.device = device;
        this.problems = problems;
        this.oracles = problems.stream().map(OptionOracle::new).toList();
        this.table = folder.resolve("candidate.csv");
    }

    @Override
    public Candidate apply(TileConfig tiles) {
        Optional<String> obstacle = tiles.obstacle(problems.get(0).spec(), device);
        if (obstacle.isPresent()) {
            return Candidate.refused(tiles, obstacle.get());
        }
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options(tiles))) {
            return run(engine, tiles);
        } catch (UnsupportedOperationException e) {
            return Candidate.refused(tiles, e.getMessage());
        } catch (RuntimeException e) { // of the driver: the next candidate may do better
            return Candidate.failed(tiles, Double.NaN, e.toString());
        }
    }

    private EngineOptions options(TileConfig tiles) {
        try {
            Files.writeString(table, TuningTarget.table(List.of(target.row(device, tiles, 1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // No program is kept: most of them lose.
        return EngineOptions.defaults()
                .withFamily(target.family())
                .withCacheDirectory(null)
                .withTuningFile(table);
    }

    private Candidate run(AttentionEngine engine, TileConfig tiles) {
        double flops = 0;
        double millis = 0;
        double error = 0;
        for (int i = 0; i < problems.size(); i++) {
            OptionProblem problem = problems.get(i);
            String explanation = engine.plan(problem.spec()).explain();
            if (!explanation.lines().findFirst().orElse("").contains(tiles.text() + ",")) {
                return Candidate.refused(tiles, why(explanation, tiles));
            }
            try (OptionContender contender = new OptionContender(engine, problem)) {
                Verdict verdict = Verdicts.of(contender, problem, oracles.get(i));
                if (!verdict.passed()) {
                    return Candidate.failed(tiles, verdict.error(), "wrong answer, allowed " + verdict.budget());
                }
                error = Math.max(error, verdict.error());
                millis += KernelClock.median(contender, TIMED_MILLIS);
                flops += Rate.flops(problem);
            }
        }
        return Candidate.timed(tiles, flops / millis * 1e-6, error);
    }

    /** The planner's own words on why it did not take the tiles. */
    private static String why(String explanation, TileConfig tiles) {
        return explanation
                .lines()
                .filter(line -> line.startsWith("not " + tiles.text()))
                .findFirst()
                .orElse("the planner took others: "
                        + explanation.lines().findFirst().orElse(""));
    }
}
