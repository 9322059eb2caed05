package io.github.attention4j.examples;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import java.util.Random;

/** Beyond query, key, value and out: each is one more operand, of the type and shape that the spec says. */
public final class Options {
    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(8)
                .kvHeads(2)
                .sequenceLength(256)
                .headDim(64)
                .order(Layout.Order.BATCH_ROW_HEAD) // [batch, row, head, column], read and written in place
                .types(DType.BF16) // short[] in Java; Half converts
                .mask(Mask.window(127, 0)) // the last 128 keys, its own included
                .keyLengths() // an operand
                .sink() // another
                .softcap(50) // only a number
                .build();
        short[] out = new short[Math.toIntExact(spec.outElements())];
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, Half.encode(DType.BF16, random(spec.queryElements())))
                .with(Operand.KEY, Half.encode(DType.BF16, random(spec.keyElements())))
                .with(Operand.VALUE, Half.encode(DType.BF16, random(spec.valueElements())))
                .with(Operand.OUT, out)
                .with(Operand.KEY_LENGTHS, new int[] {256, 200}) // the second entry has 56 keys of padding
                .with(Operand.SINK, new float[8]); // one more logit for each head
        try (AttentionEngine engine = AttentionEngine.open()) {
            engine.attend(spec, arrays);
            System.out.println("out[0] = " + Half.fromBf16(out[0]));
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
