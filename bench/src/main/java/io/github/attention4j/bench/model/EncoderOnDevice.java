package io.github.attention4j.bench.model;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.transformer.internal.encoder.AttentionObserver;
import io.github.attention4j.transformer.internal.encoder.BertConfig;
import io.github.attention4j.transformer.internal.encoder.DeviceEncoder;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import java.io.IOException;

/** An encoder, weights in f32, on an engine of the bench; and its attention to look at. */
public final class EncoderOnDevice implements AutoCloseable {
    private static final int MOST_ROWS = 1 << 14;

    private final BertConfig config;
    private final DeviceEncoder encoder;

    /** Is shown what each layer's attention was given, and gave. */
    @FunctionalInterface
    public interface Observer {
        /** @param out [batch, head, row, column] */
        void attended(int layer, PackedAttention attention, float[] out, long nanos);
    }

    /**
     * Brings the weights there.
     *
     * @throws IOException if they cannot be read
     */
    public EncoderOnDevice(EncoderFiles files, AttentionEngine engine) throws IOException {
        config = files.config();
        encoder = new DeviceEncoder(engine, files, DType.F32, MOST_ROWS, 0);
    }

    /**
     * The embeddings of inputs.
     *
     * @param inputs token ids, all inputs of one length
     */
    public float[][] embeddings(int[][] inputs) {
        return encoder.vectors(inputs);
    }

    /** Likewise, with somebody who is shown each layer's attention. */
    public float[][] embeddings(int[][] inputs, Observer observer) {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(inputs.length)
                .heads(config.heads())
                .sequenceLength(inputs[0].length)
                .headDim(config.headDim())
                .build();
        AttentionObserver packed = (layer, rows, out, nanos) ->
                observer.attended(layer, PackedAttention.of(spec, rows), PackedAttention.headsFirst(spec, out), nanos);
        return encoder.vectors(inputs, packed);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
