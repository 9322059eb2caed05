package io.github.attention4j.bench.tune;

import io.github.attention4j.Device;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The second, longer comparison, in turns: the best of a climb is the best of many, and so partly luck. */
final class FinalComparison {
    private final TuningTarget target;
    private final Device device;
    private final List<Case> problems;
    private final Path table;

    /** @param folder for tuning tables of one row, which is how tiles are forced */
    FinalComparison(TuningTarget target, Device device, List<Case> problems, Path folder) {
        this.target = target;
        this.device = device;
        this.problems = problems;
        this.table = folder.resolve("comparison.csv");
    }

    /**
     * What the first tiles gain on each problem over each of the others.
     *
     * @param forMillis for each problem
     * @throws ForcedTiles.Refused if the planner does not take some of them
     */
    Map<Tiles, List<Gain>> gains(Tiles first, List<Tiles> others, double forMillis) throws ForcedTiles.Refused {
        List<ForcedTiles> all = new ArrayList<>();
        try {
            all.add(new ForcedTiles(target, device, first, problems, table));
            for (Tiles other : others) {
                all.add(new ForcedTiles(target, device, other, problems, table));
            }
            Map<Tiles, List<Gain>> gains = new LinkedHashMap<>();
            others.forEach(other -> gains.put(other, new ArrayList<>()));
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
        } finally {
            all.forEach(ForcedTiles::close);
        }
    }
}
