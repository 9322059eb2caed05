package io.github.attention4j.bench.timing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.attention.Problem;
import java.util.Arrays;
import java.util.Locale;

/** An engine, its tensors already on the device. */
public final class EngineContender implements Contender {
    private final AttentionEngine engine;
    private final AttentionSpec spec;
    private final AttentionPlan plan;
    private final Stream stream;
    private final DeviceTensor query;
    private final DeviceTensor key;
    private final DeviceTensor value;
    private final DeviceTensor out;

    /** Uploads the problem. The output starts as NaN, so that a row the kernel forgets is found. */
    public EngineContender(AttentionEngine engine, Problem problem) {
        this.engine = engine;
        spec = problem.spec();
        plan = engine.plan(spec);
        stream = engine.newStream();
        query = tensor(spec.heads(), spec.queryLength(), spec.headDim(), problem.query());
        key = tensor(spec.kvHeads(), spec.keyLength(), spec.headDim(), problem.key());
        value = tensor(spec.kvHeads(), spec.keyLength(), spec.valueDim(), problem.value());
        float[] poison = new float[Math.toIntExact(spec.outElements())];
        Arrays.fill(poison, Float.NaN);
        out = tensor(spec.heads(), spec.queryLength(), spec.valueDim(), poison);
    }

    private DeviceTensor tensor(int heads, int rows, int columns, float[] contents) {
        DeviceTensor tensor = engine.allocate(DType.F32, spec.batch(), heads, rows, columns);
        tensor.upload(stream, contents);
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
        plan.enqueue(stream, query, key, value, out);
        stream.finish();
    }

    @Override
    public float[] output() {
        float[] result = new float[Math.toIntExact(spec.outElements())];
        out.download(stream, result);
        return result;
    }

    @Override
    public double deviceMillis() {
        try (Event event = plan.enqueueWithEvent(stream, query, key, value, out, null)) {
            event.await();
            return event.deviceNanos() * 1e-6;
        }
    }

    @Override
    public void close() {
        stream.close();
        query.close();
        key.close();
        value.close();
        out.close();
    }
}
