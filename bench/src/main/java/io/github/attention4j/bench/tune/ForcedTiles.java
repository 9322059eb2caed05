package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles at work on all problems of a target: in an engine of their own, since one that failed may have broken its
 * context.
 */
final class ForcedTiles implements AutoCloseable {
    private final AttentionEngine engine;
    private final List<EngineContender> contenders = new ArrayList<>();

    /**
     * Builds and uploads.
     *
     * @param table where a tuning table of one row may be written, which is how tiles are forced
     * @throws Refused if the planner does not take the tiles
     */
    ForcedTiles(TuningTarget target, Device device, Tiles tiles, List<Case> problems, Path table) throws Refused {
        try {
            Files.writeString(table, TuningTarget.table(List.of(target.row(device, tiles, 1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // No program is kept: most of them lose. Without that folder, what was tuned before is not looked at either.
        EngineOptions options = EngineOptions.defaults()
                .withFamily(target.family())
                .withCacheDirectory(null)
                .withTuningFile(table);
        engine = AttentionEngine.open(device.id(), options);
        try {
            for (Case problem : problems) {
                List<String> explanation =
                        engine.plan(problem.spec()).explain().lines().toList();
                if (!explanation.get(0).contains(tiles.text() + ",")) {
                    throw new Refused(why(explanation, tiles));
                }
                contenders.add(new EngineContender(engine, problem));
            }
        } catch (Refused | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The planner's own words on why it did not take the tiles. */
    private static String why(List<String> explanation, Tiles tiles) {
        return explanation.stream()
                .filter(line -> line.startsWith("not " + tiles.text()))
                .findFirst()
                .orElse("the planner took others: " + explanation.get(0));
    }

    EngineContender contender(int problem) {
        return contenders.get(problem);
    }

    @Override
    public void close() {
        contenders.forEach(EngineContender::close);
        engine.close();
    }

    /** The device or the planner does not take the tiles; no fault of anybody's. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }
}
