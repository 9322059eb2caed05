package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.MaskRow;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.Arrays;

/** What one would write first: three loops per row, on all threads. The yardstick of {@link TiledAttentionRate}. */
final class PlainLoops {
    private PlainLoops() {}

    static void attend(AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, Threads threads) {
        Operands none = Operands.of(spec, operand -> null);
        MaskRow visible = new MaskRow(spec, none, new Sequence(spec, none, 0));
        int rows = spec.batch() * spec.heads() * spec.queryLength();
        threads.run(rows, next -> {
            float[] weight = new float[spec.keyLength()];
            for (int row = next.getAsInt(); row >= 0; row = next.getAsInt()) {
                int head = row / spec.queryLength();
                int kvHead = head / spec.heads() * spec.kvHeads() + head % spec.heads() / spec.groupSize();
                int from = kvHead * spec.keyLength();
                int keys = visible.end(0, row % spec.queryLength());
                float sum = weights(query, row * spec.headDim(), key, from, spec, weight, keys);
                int to = row * spec.valueDim();
                Arrays.fill(out, to, to + spec.valueDim(), 0);
                for (int j = 0; j < keys; j++) {
                    for (int d = 0; d < spec.valueDim(); d++) {
                        out[to + d] += weight[j] / sum * value[(from + j) * spec.valueDim() + d];
                    }
                }
            }
        });
    }

    private static float weights(
            float[] query, int at, float[] key, int from, AttentionSpec spec, float[] weight, int keys) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
            float dot = 0;
            for (int d = 0; d < spec.headDim(); d++) {
                dot += query[at + d] * key[(from + j) * spec.headDim() + d];
            }
            weight[j] = dot * spec.scale();
            max = Math.max(max, weight[j]);
        }
        float sum = 0;
        for (int j = 0; j < keys; j++) {
            weight[j] = (float) Math.exp(weight[j] - max);
            sum += weight[j];
        }
        return sum;
    }
}
