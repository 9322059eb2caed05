package io.github.attention4j.examples;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.Random;

/**
 * Gradients: values are changed step by step until attention, with some of its weights dropped, gives what is wanted.
 */
public final class Training {
    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(32)
                .headDim(16)
                .dropout(0.1f)
                .returnLse() // gradients are made of it
                .build();
        AttentionSpec gradients = spec.backward(Operand.VALUE); // also of query, key, bias, sink, ...
        float[] query = random(spec.queryElements());
        float[] key = random(spec.keyElements());
        float[] value = random(spec.valueElements());
        float[] wanted = new float[Math.toIntExact(spec.outElements())];
        float[] out = new float[wanted.length];
        float[] lse = new float[Math.toIntExact(spec.lseElements())];
        float[] gradOut = new float[wanted.length];
        float[] gradValue = new float[value.length];
        AttentionArrays arrays = AttentionArrays.of(query, key, value, out).with(Operand.LSE, lse);
        AttentionArrays backward = AttentionArrays.of(query, key, value, out)
                .with(Operand.LSE, lse) // what the forward call gave, here an input
                .with(Operand.GRAD_OUT, gradOut)
                .with(Operand.GRAD_VALUE, gradValue);
        try (AttentionEngine engine = AttentionEngine.open()) {
            for (int step = 0; step <= 20; step++) {
                engine.attend(spec, arrays.withDropout(42, step)); // each step drops other weights
                double loss = 0;
                for (int i = 0; i < out.length; i++) {
                    gradOut[i] = out[i] - wanted[i];
                    loss += 0.5 * gradOut[i] * gradOut[i];
                }
                engine.attend(gradients, backward.withDropout(42, step)); // and its gradients the same
                for (int i = 0; i < value.length; i++) {
                    value[i] -= gradValue[i];
                }
                if (step % 10 == 0) {
                    System.out.println("step " + step + ", loss " + (float) loss);
                }
            }
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
