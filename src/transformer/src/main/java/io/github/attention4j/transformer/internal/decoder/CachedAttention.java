package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The attention of one text on one engine. Keys and values of each layer are in a cache of its own on the device: a
 * step appends those of the new tokens, which rotates the keys, and attends the new queries to all.
 */
final class CachedAttention implements DecoderAttention, AutoCloseable {
    private final AttentionEngine engine;
    private final DecoderConfig config;
    private final Rotary rotary;
    private final Stream stream;
    private final DeviceTensor cosines;
    private final DeviceTensor sines;
    private final List<KvCache> caches = new ArrayList<>();
    /** By the number of tokens: 1, and the chunks of the prompt. */
    private final Map<Integer, Step> steps = new HashMap<>();

    private long nanos;

    /** Plan and tensors for so many tokens at once, used again and again by all layers. */
    private record Step(
            AttentionPlan plan,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor positions) {
        void close() {
            List.of(query, key, value, out, positions).forEach(DeviceTensor::close);
        }
    }

    /** An empty text. */
    CachedAttention(AttentionEngine engine, DecoderConfig config) {
        this.engine = engine;
        this.config = config;
        rotary = new Rotary(config.headDim(), false, config.positions());
        float[] cos = rotary.cosines(config.ropeBase());
        float[] sin = rotary.sines(config.ropeBase());
        KvCacheSpec spec = KvCacheSpec.builder()
                .maxLength(config.positions())
                .kvHeads(config.kvHeads())
                .headDim(config.headDim())
                .rotary(rotary, cos, sin)
                .order(Layout.Order.BATCH_ROW_HEAD)
                .build();
        stream = engine.newStream();
        cosines = table(cos);
        sines = table(sin);
        for (int layer = 0; layer < config.layers(); layer++) {
            KvCache cache = engine.newKvCache(spec);
            cache.newSequence();
            caches.add(cache);
        }
    }

    private DeviceTensor table(float[] numbers) {
        DeviceTensor table = engine.allocate(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
        table.upload(stream, numbers);
        return table;
    }

    /**
     * Queries lie as a linear layer gives them, [token, head, column]: to the rotary embedding a batch with one row for
     * each token.
     */
    private Step newStep(int rows) {
        Layout rowsFirst = Layout.rowsFirst(config.heads(), rows, config.headDim());
        AttentionSpec spec = caches.get(0)
                .applyTo(AttentionSpec.builder()
                        .heads(config.heads())
                        .queryLength(rows)
                        .causal())
                .layout(Operand.QUERY, rowsFirst)
                .layout(Operand.OUT, rowsFirst)
                .build();
        return new Step(
                engine.plan(spec),
                engine.allocate(DType.F32, rows, config.heads(), 1, config.headDim()),
                engine.allocate(DType.F32, 1, rows, config.kvHeads(), config.headDim()),
                engine.allocate(DType.F32, 1, rows, config.kvHeads(), config.headDim()),
                engine.allocate(DType.F32, rows, config.heads(), 1, config.headDim()),
                engine.allocate(DType.I32, rows, 1, 1, 1));
    }

    @Override
    public float[] attend(int layer, float[] query, float[] key, float[] value) {
        long start = System.nanoTime();
        int rows = query.length / (config.heads() * config.headDim());
        Step step = steps.computeIfAbsent(rows, this::newStep);
        KvCache cache = caches.get(layer);
        int first = cache.length(0);
        step.positions.upload(stream, IntStream.range(first, first + rows).toArray());
        step.query.upload(stream, query);
        step.key.upload(stream, key);
        step.value.upload(stream, value);
        engine.rotate(stream, rotary, step.query, cosines, sines, step.positions, step.query);
        cache.append(stream, 0, step.key, step.value);
        step.plan.enqueue(
                stream,
                cache.addTo(new AttentionTensors())
                        .with(Operand.QUERY, step.query)
                        .with(Operand.OUT, step.out));
        float[] out = new float[query.length];
        step.out.download(stream, out);
        nanos += System.nanoTime() - start;
        return out;
    }

    /** Nanoseconds spent here, with all copying and compiling. */
    long nanos() {
        return nanos;
    }

    @Override
    public void close() {
        stream.close();
        steps.values().forEach(Step::close);
        caches.forEach(KvCache::close);
        cosines.close();
        sines.close();
    }
}
