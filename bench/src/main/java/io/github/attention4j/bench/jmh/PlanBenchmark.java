package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KvCacheSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * How long it takes to plan a step of 256 sequences on a paged cache that is new, while its program is compiled
 * already.
 */
public class PlanBenchmark extends OnDevice {
    private static final int PAGE_SIZE = 16;
    /** More than an engine keeps plans of, so that each is new when it comes again. */
    private static final int SPECS = 4096;

    private AttentionSpec[] specs;
    private int next;

    /** Opens the engine and compiles the program. */
    @Setup
    public void open() {
        engine = AttentionEngine.open(device);
        specs = new AttentionSpec[SPECS];
        for (int i = 0; i < SPECS; i++) {
            KvCacheSpec cache = KvCacheSpec.builder()
                    .sequences(256)
                    .maxLength(2048 + PAGE_SIZE * i)
                    .kvHeads(8)
                    .headDim(128)
                    .paged(PAGE_SIZE, 4096)
                    .build();
            specs[i] = cache.applyTo(AttentionSpec.builder().heads(32).queryLength(1))
                    .build();
        }
        engine.plan(specs[SPECS - 1]);
    }

    /** The call itself. */
    @Benchmark
    public AttentionPlan plan() {
        return engine.plan(specs[next++ % SPECS]);
    }
}
