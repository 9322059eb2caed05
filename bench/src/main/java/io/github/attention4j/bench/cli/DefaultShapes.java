package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.List;

/** The synthetic shapes that are timed when none are asked for. */
final class DefaultShapes {
    private DefaultShapes() {}

    /**
     * Small enough for plain loops to take part on two processors: an encoder, long rows, grouped heads, and decoding
     * one token.
     */
    static List<AttentionSpec> quick() {
        return List.of(
                spec(1, 12, 12, 512, 512, 64, true),
                spec(1, 8, 8, 1024, 1024, 64, false),
                spec(1, 8, 2, 1024, 1024, 128, true),
                spec(4, 8, 2, 1, 4096, 128, false));
    }

    private static AttentionSpec spec(
            int batch, int heads, int kvHeads, int queries, int keys, int dim, boolean causal) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(dim);
        return (causal ? builder.causal() : builder).build();
    }
}
