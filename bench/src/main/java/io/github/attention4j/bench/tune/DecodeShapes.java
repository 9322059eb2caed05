package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import java.util.List;

/** Steps of text generation that tiles are tuned on: a long text, and several of them. */
final class DecodeShapes {
    private static final int HEADS = 32;
    private static final int KV_HEADS = 8;
    private static final int HEAD_DIM = 128;
    private static final int QUICK_DIVISOR = 16;
    /** Keys and values of a problem are Java arrays, and some copies of them are made. */
    private static final double SHARE_OF_HEAP = 0.1;

    private DecodeShapes() {}

    /** One query a head over 65,536 keys and over 8 times 4096, or fewer of them where the JVM has little memory. */
    static List<AttentionSpec> toTune(boolean quick) {
        return List.of(
                step(1, fitting(1, 65_536 / (quick ? QUICK_DIVISOR : 1))),
                step(8, fitting(8, 4096 / (quick ? QUICK_DIVISOR : 1))));
    }

    private static int fitting(int batch, int keys) {
        double most = Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP;
        int fitting = keys;
        while (fitting > 1 && (double) batch * KV_HEADS * fitting * HEAD_DIM * Float.BYTES > most) {
            fitting /= 2;
        }
        return fitting;
    }

    private static AttentionSpec step(int batch, int keys) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(HEADS)
                .kvHeads(KV_HEADS)
                .queryLength(1)
                .keyLength(keys)
                .headDim(HEAD_DIM)
                .build();
    }
}
