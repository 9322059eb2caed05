package io.github.attention4j.examples;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import java.util.Random;

/**
 * Text generation: a cache on the device takes in the keys and values of each new token, here as bytes with a scale a
 * row.
 */
public final class Generation {
    public static void main(String[] arguments) {
        KvCacheSpec shape = KvCacheSpec.builder()
                .kvHeads(2)
                .headDim(64)
                .maxLength(4096) // and .sequences(n) for several at a time
                .type(DType.I8)
                .paged(16, 256) // 256 pages of 16 rows, taken as sequences grow
                .build();
        try (AttentionEngine engine = AttentionEngine.open();
                Stream stream = engine.newStream();
                KvCache cache = engine.newKvCache(shape);
                DeviceTensor q = engine.allocate(DType.F32, 1, 8, 1, 64);
                DeviceTensor k = engine.allocate(DType.F32, 1, 2, 1, 64);
                DeviceTensor v = engine.allocate(DType.F32, 1, 2, 1, 64);
                DeviceTensor out = engine.allocate(DType.F32, 1, 8, 1, 64)) {
            AttentionSpec spec = cache.applyTo(AttentionSpec.builder().heads(8).queryLength(1))
                    .build();
            AttentionPlan plan = engine.plan(spec);
            AttentionTensors tensors =
                    cache.addTo(new AttentionTensors()).with(Operand.QUERY, q).with(Operand.OUT, out);
            int sequence = cache.newSequence();
            float[] result = new float[8 * 64];
            Random random = new Random(1);
            for (int token = 0; token < 20; token++) {
                q.upload(stream, row(random, 8 * 64)); // a model would compute these three
                k.upload(stream, row(random, 2 * 64));
                v.upload(stream, row(random, 2 * 64));
                cache.append(stream, sequence, k, v); // writes this row and nothing else
                plan.enqueue(stream, tensors); // the same plan and tensors for every token
                out.download(stream, result);
            }
            System.out.println("out[0] of the last token = " + result[0]);
            System.out.println(cache.length(sequence) + " rows, " + cache.freePages() + " pages free");
        }
    }

    private static float[] row(Random random, int elements) {
        float[] row = new float[elements];
        for (int i = 0; i < elements; i++) {
            row[i] = random.nextFloat() - 0.5f;
        }
        return row;
    }
}
