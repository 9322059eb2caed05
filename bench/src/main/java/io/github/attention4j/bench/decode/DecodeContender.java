package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.KvCache;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.timing.Contender;
import java.util.Arrays;
import java.util.Locale;

/** An engine with a full cache, ready to attend the next queries. */
final class DecodeContender implements Contender {
    /** Rows that are appended at once. */
    private static final int CHUNK = 1024;

    private final AttentionEngine engine;
    private final Stream stream;
    private final KvCache cache;
    private final DeviceTensor query;
    private final DeviceTensor out;
    private final AttentionPlan plan;
    private final AttentionTensors tensors;

    /** Fills the cache. The output starts as NaN, so that a row the kernel forgets is found. */
    DecodeContender(AttentionEngine engine, DecodeCase problem) {
        this.engine = engine;
        AttentionSpec spec = problem.spec();
        plan = engine.plan(spec);
        stream = engine.newStream();
        cache = engine.newKvCache(problem.cache());
        for (int entry = 0; entry < problem.batch(); entry++) {
            fill(cache.newSequence(), problem.keys());
        }
        query = engine.allocate(spec.operand(Operand.QUERY));
        out = engine.allocate(spec.operand(Operand.OUT));
        float[] rows = new float[Math.toIntExact(query.elements())];
        for (int row = 0; row < problem.batch() * problem.heads(); row++) {
            int entry = row / problem.heads();
            DecodeData.row(DecodeData.QUERY, entry, row % problem.heads(), 0, rows, row * DecodeCase.HEAD_DIM);
        }
        query.upload(stream, rows);
        Arrays.fill(rows, Float.NaN);
        out.upload(stream, rows);
        tensors = cache.addTo(new AttentionTensors()).with(Operand.QUERY, query).with(Operand.OUT, out);
    }

    private void fill(int sequence, int keys) {
        for (int from = 0; from < keys; from += CHUNK) {
            int rows = Math.min(CHUNK, keys - from);
            try (DeviceTensor key = rows(DecodeData.KEY, sequence, from, rows);
                    DeviceTensor value = rows(DecodeData.VALUE, sequence, from, rows)) {
                cache.append(stream, sequence, key, value);
            }
        }
    }

    private DeviceTensor rows(int what, int sequence, int from, int count) {
        DeviceTensor tensor = engine.allocate(DType.F32, 1, DecodeCase.KV_HEADS, count, DecodeCase.HEAD_DIM);
        float[] rows = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < DecodeCase.KV_HEADS * count; i++) {
            DecodeData.row(what, sequence, i / count, from + i % count, rows, i * DecodeCase.HEAD_DIM);
        }
        tensor.upload(stream, rows);
        return tensor;
    }

    @Override
    public String engine() {
        return "attention4j";
    }

    @Override
    public String device() {
        return engine.device().id();
    }

    @Override
    public String family() {
        return plan.family().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void run() {
        plan.enqueue(stream, tensors);
        stream.finish();
    }

    @Override
    public double deviceMillis() {
        try (Event event = plan.enqueueWithEvent(stream, tensors)) {
            event.await();
            return event.deviceNanos() * 1e-6;
        }
    }

    @Override
    public float[] output() {
        float[] result = new float[Math.toIntExact(out.elements())];
        out.download(stream, result);
        return result;
    }

    @Override
    public void close() {
        stream.close();
        cache.close();
        query.close();
        out.close();
    }
}
