package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.transformer.internal.files.Tensors;
import io.github.attention4j.transformer.internal.layers.Gelu;
import io.github.attention4j.transformer.internal.layers.LayerNorm;
import io.github.attention4j.transformer.internal.layers.Linear;
import java.io.IOException;

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

    static EncoderLayer read(EncoderFiles files, String prefix) throws IOException {
        int width = files.config().width();
        int inner = files.config().inner();
        return new EncoderLayer(
                linear(files, prefix + "attention.self.query", width, width),
                linear(files, prefix + "attention.self.key", width, width),
                linear(files, prefix + "attention.self.value", width, width),
                linear(files, prefix + "attention.output.dense", width, width),
                norm(files, prefix + "attention.output.LayerNorm"),
                linear(files, prefix + "intermediate.dense", width, inner),
                linear(files, prefix + "output.dense", inner, width),
                norm(files, prefix + "output.LayerNorm"));
    }

    private static Linear linear(EncoderFiles files, String name, int in, int out) throws IOException {
        Tensors tensors = files.tensors();
        return Linear.ofOutputs(tensors.floats(name + ".weight", out, in), tensors.floats(name + ".bias", out));
    }

    static LayerNorm norm(EncoderFiles files, String name) throws IOException {
        int width = files.config().width();
        Tensors tensors = files.tensors();
        return new LayerNorm(
                tensors.floats(name + ".weight", width),
                tensors.floats(name + ".bias", width),
                files.config().epsilon());
    }

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
