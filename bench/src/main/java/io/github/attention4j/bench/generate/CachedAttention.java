package io.github.attention4j.bench.generate;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The attention of one text on one engine. Keys and values of each layer are in a cache of its own on the device: a step appends those of
 * the new tokens, which rotates the keys, and attends the new queries to all.
 */
final class CachedAttention implements DecoderAttention, AutoCloseable {
    private final AttentionEngine engine;
    private final DecoderConfig config;
    private final Rotary rotary;
    private final Stream stream;
    private final DeviceTensor cosines;
    private final DeviceTensor sines;
    private final List<KvCache> caches = new ArrayList<>();
    /** What a step of so many tokens needs. */
    private final Map<Integer, AttentionStep> steps = new HashMap<>();

    private long nanos;

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
        cosines = engine.allocate(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
        cosines.upload(stream, cos);
        sines = engine.allocate(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
        sines.upload(stream, sin);
        for (int layer = 0; layer < config.layers(); layer++) {
            KvCache cache = engine.newKvCache(spec);
            cache.newSequence();
            caches.add(cache);
        }
    }

    @Override
    public float[] attend(int layer, float[] query, float[] key, float[] value) {
        long start = System.nanoTime();
        int rows = query.length / (config.heads() * config.headDim());
        AttentionStep step = steps.computeIfAbsent(rows, count -> new AttentionStep(engine, config, count, caches));
        KvCache cache = caches.get(layer);
        step.upload(stream, cache.length(0), query, key, value);
        engine.rotate(stream, rotary, step.query(), cosines, sines, step.positions(), step.query());
        cache.append(stream, 0, step.key(), step.value());
        step.enqueue(stream, layer);
        float[] out = step.download(stream);
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
        steps.values().forEach(AttentionStep::close);
        caches.forEach(KvCache::close);
        cosines.close();
        sines.close();
    }
}
