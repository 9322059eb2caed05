package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KvCacheSpec;
import java.util.Arrays;

/** How long it takes to plan a step of 256 sequences on a paged cache. */
public final class Planning {
    /** Sequences of the batch. */
    public static final int BATCH = 256;

    private static final int PAGE_SIZE = 16;
    private static final int SPECS = 201;

    private Planning() {}

    /** Milliseconds of a request that is new, while its program is compiled: the median of requests that differ in their longest length. */
    public static double millis(AttentionEngine engine) {
        double[] millis = new double[SPECS];
        engine.plan(spec(SPECS));
        for (int i = 0; i < SPECS; i++) {
            AttentionSpec spec = spec(i);
            long start = System.nanoTime();
            engine.plan(spec);
            millis[i] = (System.nanoTime() - start) * 1e-6;
        }
        Arrays.sort(millis);
        return millis[SPECS / 2];
    }

    private static AttentionSpec spec(int number) {
        KvCacheSpec cache = KvCacheSpec.builder()
                .sequences(BATCH)
                .maxLength(2048 + PAGE_SIZE * number)
                .kvHeads(DecodeCase.KV_HEADS)
                .headDim(DecodeCase.HEAD_DIM)
                .paged(PAGE_SIZE, 4096)
                .build();
        return cache.applyTo(AttentionSpec.builder().heads(DecodeCase.HEADS).queryLength(1))
                .build();
    }
}
