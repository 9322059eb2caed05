package io.github.attention4j.examples;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import java.util.Random;

/** The fast way: tensors stay on the device, and what is decided and compiled once runs again and again. */
public final class Tensors {
    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(32)
                .kvHeads(8) // 4 query heads share one key/value head
                .queryLength(1)
                .keyLength(512)
                .headDim(128)
                .build();
        try (AttentionEngine engine = AttentionEngine.open(); // or open("gpu:0"), open("cpu:0"), open("java")
                Stream stream = engine.newStream();
                DeviceTensor q = engine.allocate(DType.F32, 1, 32, 1, 128); // batch, heads, rows, columns
                DeviceTensor k = engine.allocate(DType.F32, 1, 8, 512, 128);
                DeviceTensor v = engine.allocate(DType.F32, 1, 8, 512, 128);
                DeviceTensor out = engine.allocate(DType.F32, 1, 32, 1, 128)) {
            q.upload(stream, random(spec.queryElements()));
            k.upload(stream, random(spec.keyElements()));
            v.upload(stream, random(spec.valueElements()));
            AttentionPlan plan = engine.plan(spec); // for all threads and streams
            plan.enqueue(stream, q, k, v, out); // returns at once
            float[] result = new float[Math.toIntExact(spec.outElements())];
            out.download(stream, result); // waits for what was enqueued before
            System.out.println(result.length + " elements on " + engine.device().id() + ", the first is " + result[0]);
        }
    }

    private static float[] random(long elements) {
        Random random = new Random(elements);
        float[] data = new float[Math.toIntExact(elements)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat() - 0.5f;
        }
        return data;
    }
}
