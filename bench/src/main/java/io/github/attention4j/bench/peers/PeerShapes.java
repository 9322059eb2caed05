package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The shapes of the comparison, in groups. */
public final class PeerShapes {
    /** Part of the shapes. */
    public enum Group {
        /** Long sequences, causal and not, one with grouped heads. */
        MAIN {
            @Override
            List<AttentionSpec> shapes() {
                return List.of(
                        full(1, 16, 16, 2048, 2048, 64),
                        causal(1, 16, 16, 2048, 64),
                        full(1, 8, 8, 4096, 4096, 128),
                        causal(1, 8, 8, 4096, 128),
                        full(1, 32, 8, 1024, 1024, 128),
                        causal(1, 32, 8, 1024, 128),
                        full(1, 12, 12, 512, 512, 64),
                        causal(1, 12, 12, 512, 64),
                        full(1, 8, 8, 16384, 16384, 64));
            }
        },
        /** Other sizes of rows. */
        HEADS {
            @Override
            List<AttentionSpec> shapes() {
                return List.of(
                        full(1, 8, 8, 2048, 2048, 32),
                        full(1, 8, 8, 2048, 2048, 80),
                        full(1, 8, 8, 2048, 2048, 96),
                        full(1, 8, 8, 2048, 2048, 256));
            }
        },
        /** Little work, or work that is hard to share. */
        SMALL {
            @Override
            List<AttentionSpec> shapes() {
                return List.of(
                        full(1, 12, 12, 64, 64, 64),
                        full(1, 12, 12, 128, 128, 64),
                        full(32, 12, 12, 64, 64, 64),
                        full(1, 1, 1, 4096, 4096, 64),
                        full(1, 2, 2, 8192, 17, 64),
                        full(8, 32, 8, 4, 4096, 128));
            }
        };

        abstract List<AttentionSpec> shapes();
    }

    private PeerShapes() {}

    /** The shapes of the groups, or of all if none is given. */
    public static List<AttentionSpec> of(List<Group> groups) {
        List<AttentionSpec> shapes = new ArrayList<>();
        (groups.isEmpty() ? Arrays.asList(Group.values()) : groups).forEach(group -> shapes.addAll(group.shapes()));
        return shapes;
    }

    /** Few and short ones, to try it out. */
    public static List<AttentionSpec> quick() {
        return List.of(causal(1, 12, 12, 512, 64), full(1, 12, 12, 128, 128, 64));
    }

    private static AttentionSpec causal(int batch, int heads, int kvHeads, int length, int headDim) {
        return shape(batch, heads, kvHeads, length, length, headDim).causal().build();
    }

    private static AttentionSpec full(int batch, int heads, int kvHeads, int queries, int keys, int headDim) {
        return shape(batch, heads, kvHeads, queries, keys, headDim).build();
    }

    private static AttentionSpecBuilder shape(int batch, int heads, int kvHeads, int queries, int keys, int headDim) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim);
    }
}
