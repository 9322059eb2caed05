package io.github.attention4j.bench.memory;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.EngineOptions;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What runs in a fresh JVM that logs what it builds: many calls that differ in nothing but sizes, from several threads at once. */
public final class OneProgram {
    private static final int THREADS = 4;
    private static final int[] LENGTHS = {1, 16, 77, 256, 300, 1024};

    private OneProgram() {}

    /** Arguments: the device, and the directory of the program cache. */
    public static void main(String[] arguments) throws Exception {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(Path.of(arguments[1]));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (AttentionEngine engine = AttentionEngine.open(arguments[0], options)) {
            Callable<Void> all = () -> planAll(engine);
            for (Future<Void> each : threads.invokeAll(Collections.nCopies(THREADS, all))) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static Void planAll(AttentionEngine engine) {
        for (int length : LENGTHS) {
            for (int heads = 1; heads <= 8; heads *= 2) {
                engine.plan(AttentionSpec.builder()
                        .heads(heads)
                        .sequenceLength(length)
                        .headDim(64)
                        .causal()
                        .build());
            }
        }
        return null;
    }
}
