package io.github.attention4j.bench.timing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.attention.Problem;
import java.util.Arrays;
import java.util.Locale;

/** An engine, its tensors already on the device, in the types of the spec. */
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
        query = tensor(Operand.QUERY, problem.query());
        key = tensor(Operand.KEY, problem.key());
        value = tensor(Operand.VALUE, problem.value());
        float[] poison = new float[Math.toIntExact(spec.outElements())];
        Arrays.fill(poison, Float.NaN);
        out = tensor(Operand.OUT, poison);
    }

    private DeviceTensor tensor(Operand operand, float[] contents) {
        DeviceTensor tensor = engine.allocate(spec.operand(operand));
        DType type = tensor.dtype();
        if (type == DType.F32) {
            tensor.upload(stream, contents);
        } else {
            tensor.upload(stream, Half.encode(type, contents));
        }
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
        if (out.dtype() == DType.F32) {
            out.download(stream, result);
            return result;
        }
        short[] stored = new short[result.length];
        out.download(stream, stored);
        return Half.decode(out.dtype(), stored);
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
