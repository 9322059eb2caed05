package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.files.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A decoder on a device, with the text that it reads at the moment. For one thread at a time. */
public final class DeviceDecoder implements AutoCloseable {
    /** Tokens of a prompt that are read at once; what is left is read in powers of two, so that few sizes occur. */
    private static final int CHUNK = 64;

    private final AttentionEngine engine;
    private final DecoderConfig config;
    private final Stream stream;
    private final DeviceMemory memory;
    private final Map<Integer, DecoderStep> steps = new HashMap<>();
    private final List<KvCache> caches = new ArrayList<>();
    private final DecoderWeights weights;
    private final DeviceTensor cosines;
    private final DeviceTensor sines;
    private final Rotary rotary;
    private int length;

    /**
     * Brings the weights to the device.
     *
     * @param type of the weights there
     * @param positions how many tokens a text may have here, at most those of the model
     * @throws IOException if the weights cannot be read
     */
    public DeviceDecoder(AttentionEngine engine, DecoderConfig config, Tensors tensors, DType type, int positions)
            throws IOException {
        this.engine = engine;
        this.config = config;
        rotary = new Rotary(config.headDim(), false, positions);
        stream = engine.newStream();
        memory = new DeviceMemory(engine, stream);
        try {
            float[] cos = config.ropeScaling().cosines(rotary, config.ropeBase());
            float[] sin = config.ropeScaling().sines(rotary, config.ropeBase());
            cosines = memory.upload(DType.F32, cos, positions, rotary.dim() / 2);
            sines = memory.upload(DType.F32, sin, positions, rotary.dim() / 2);
            weights = DecoderWeights.upload(config, tensors, type, memory);
            KvCacheSpec spec = KvCacheSpec.builder()
                    .maxLength(positions)
                    .kvHeads(config.kvHeads())
                    .headDim(config.headDim())
                    .rotary(rotary, cos, sin)
                    .order(Layout.Order.BATCH_ROW_HEAD)
                    .build();
            for (int layer = 0; layer < config.layers(); layer++) {
                KvCache cache = engine.newKvCache(spec);
                caches.add(cache);
                cache.newSequence();
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Forgets the text. */
    public void reset() {
        caches.forEach(cache -> cache.trim(stream, 0, 0));
        length = 0;
    }

    /**
     * Reads the text's next tokens.
     *
     * @param tokens one at least, no more than there are positions left
     * @return how much each token of the vocabulary suits as the next
     */
    public float[] read(int[] tokens) {
        DecoderStep step = null;
        int from = 0;
        while (from < tokens.length) {
            int count = Math.min(CHUNK, Integer.highestOneBit(tokens.length - from));
            step = steps.computeIfAbsent(count, this::newStep);
            step.run(Arrays.copyOfRange(tokens, from, from + count), length);
            from += count;
            length += count;
        }
        return step.scores();
    }

    private DecoderStep newStep(int rows) {
        return new DecoderStep(
                engine, stream, config, weights, caches, new DecoderStep.Angles(rotary, cosines, sines), rows);
    }

    /** Which kernels read one token, and why. */
    public String explain() {
        return steps.computeIfAbsent(1, this::newStep).explain();
    }

    @Override
    public void close() {
        steps.values().forEach(DecoderStep::close);
        steps.clear();
        caches.forEach(KvCache::close);
        memory.close();
        stream.close();
    }
}
