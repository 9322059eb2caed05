package io.github.attention4j.examples;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import java.util.Random;

/** The short way: arrays in, an array out. */
public final class First {
    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(8)
                .sequenceLength(1024)
                .headDim(64) // arrays are [batch, head, row, column]
                .causal()
                .build();
        float[] query = random(spec.queryElements());
        float[] key = random(spec.keyElements());
        float[] value = random(spec.valueElements());
        try (AttentionEngine engine = AttentionEngine.open()) { // the best OpenCL device, else pure Java
            float[] out = engine.attend(spec, query, key, value); // [batch, head, row, column] too
            System.out.println("out[0] = " + out[0]);
            System.out.println(engine.device().describe()); // if it is Java, why no OpenCL device was taken
            System.out.println(engine.plan(spec).explain()); // which kernel and tiles, and why not the others
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
