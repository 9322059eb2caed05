package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.transformer.internal.layers.Gelu;
import io.github.attention4j.transformer.internal.layers.LayerNorm;
import io.github.attention4j.transformer.internal.layers.Linear;

/** One layer of the encoder: attention, then a feed-forward network, each followed by residual and normalisation. */
record EncoderLayer(
        Linear query,
        Linear key,
        Linear value,
        Linear attentionOutput,
        LayerNorm attentionNorm,
        Linear intermediate,
        Linear output,
        LayerNorm outputNorm) {

    float[] apply(int layer, float[] x, AttentionSpec spec, AttentionFunction attention) {
        float[] attended = attention.attend(
                layer, spec, toHeads(spec, query.apply(x)), toHeads(spec, key.apply(x)), toHeads(spec, value.apply(x)));
        float[] y = attentionNorm.addAndNormalize(attentionOutput.apply(fromHeads(spec, attended)), x);
        return outputNorm.addAndNormalize(output.apply(Gelu.inPlace(intermediate.apply(y))), y);
    }

    /** [batch, row, head, column] to [batch, head, row, column]. */
    private static float[] toHeads(AttentionSpec spec, float[] x) {
        return swapMiddle(x, spec.batch(), spec.queryLength(), spec.heads(), spec.headDim());
    }

    /** [batch, head, row, column] to [batch, row, head, column]. */
    private static float[] fromHeads(AttentionSpec spec, float[] x) {
        return swapMiddle(x, spec.batch(), spec.heads(), spec.queryLength(), spec.headDim());
    }

    /** [outer, a, b, inner] to [outer, b, a, inner]. */
    private static float[] swapMiddle(float[] x, int outer, int a, int b, int inner) {
        float[] y = new float[x.length];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < a; i++) {
                for (int j = 0; j < b; j++) {
                    System.arraycopy(x, ((o * a + i) * b + j) * inner, y, ((o * b + j) * a + i) * inner, inner);
                }
            }
        }
        return y;
    }
}
