package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.run.EngineContender;
import java.util.Arrays;
import java.util.List;

/** Fills caches, and makes them ready to attend the next queries. */
public final class FilledCache {
    /** Rows that are appended at once. */
    private static final int CHUNK = 1024;

    private FilledCache() {}

    /** An engine with a full cache. The output starts as NaN, so that a row the kernel forgets is found. */
    public static EngineContender open(AttentionEngine engine, DecodeCase problem) {
        AttentionSpec spec = problem.spec();
        engine.plan(spec); // says what the device cannot do before anything is filled
        Stream stream = engine.newStream();
        KvCache cache = engine.newKvCache(problem.cache());
        for (int entry = 0; entry < problem.batch(); entry++) {
            fill(engine, stream, cache, cache.newSequence(), problem.keys());
        }
        DeviceTensor query = engine.allocate(spec.operand(Operand.QUERY));
        DeviceTensor out = engine.allocate(spec.operand(Operand.OUT));
        float[] rows = new float[Math.toIntExact(query.elements())];
        for (int row = 0; row < problem.batch() * problem.heads(); row++) {
            int entry = row / problem.heads();
            DecodeData.row(DecodeData.QUERY, entry, row % problem.heads(), 0, rows, row * DecodeCase.HEAD_DIM);
        }
        query.upload(stream, rows);
        Arrays.fill(rows, Float.NaN);
        out.upload(stream, rows);
        AttentionTensors tensors =
                cache.addTo(new AttentionTensors()).with(Operand.QUERY, query).with(Operand.OUT, out);
        return new EngineContender(engine, spec, stream, tensors, List.of(cache::close, query::close, out::close));
    }

    private static void fill(AttentionEngine engine, Stream stream, KvCache cache, int sequence, int keys) {
        for (int from = 0; from < keys; from += CHUNK) {
            int rows = Math.min(CHUNK, keys - from);
            try (DeviceTensor key = rows(engine, stream, DecodeData.KEY, sequence, from, rows);
                    DeviceTensor value = rows(engine, stream, DecodeData.VALUE, sequence, from, rows)) {
                cache.append(stream, sequence, key, value);
            }
        }
    }

    private static DeviceTensor rows(
            AttentionEngine engine, Stream stream, int what, int sequence, int from, int count) {
        DeviceTensor tensor = engine.allocate(DType.F32, 1, DecodeCase.KV_HEADS, count, DecodeCase.HEAD_DIM);
        float[] rows = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < DecodeCase.KV_HEADS * count; i++) {
            DecodeData.row(what, sequence, i / count, from + i % count, rows, i * DecodeCase.HEAD_DIM);
        }
        tensor.upload(stream, rows);
        return tensor;
    }
}
