package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.transformer.internal.files.Tensors;
import java.io.IOException;

/**
 * Weights by BERT's names, whose own may be those of another kind, may begin with {@code bert.} or the like, as in a
 * model with a head, and whose norms may have the names of TensorFlow.
 */
record PrefixedTensors(Tensors tensors, EncoderKind kind, String prefix) implements Tensors {
    private static final String PROBE = "embeddings.word_embeddings.weight";

    static Tensors of(Tensors tensors, EncoderKind kind) {
        String prefix = kind.prefix();
        return new PrefixedTensors(tensors, kind, tensors.has(prefix + PROBE) ? prefix : "");
    }

    private String found(String tensor) {
        String name = prefix + kind.name(tensor);
        String old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        return !tensors.has(name) && tensors.has(old) ? old : name;
    }

    @Override
    public boolean has(String tensor) {
        return tensors.has(found(tensor));
    }

    @Override
    public int elements(String tensor, int... shape) throws IOException {
        return tensors.elements(found(tensor), shape);
    }

    @Override
    public void read(String tensor, float[] to, int at, int... shape) throws IOException {
        tensors.read(found(tensor), to, at, shape);
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
