package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.HostArrays;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** An engine and a call, its tensors already on the device. */
public final class EngineContender implements Contender {
    /** What the engine is called among the implementations. */
    public static final String ENGINE = "attention4j";
    /** What a plan for processors says that multiplies pairs of 16-bit numbers; not that of keys of 8 bits. */
    private static final Pattern PAIRS = Pattern.compile("(?<!_)DOT=");

    private final AttentionEngine engine;
    private final AttentionSpec spec;
    private final AttentionPlan plan;
    private final Stream stream;
    private final AttentionTensors tensors;
    private final List<Runnable> closing;

    /**
     * Uploads the inputs. Outputs start as NaN, so that a row the kernel forgets is found.
     *
     * @throws UnsupportedOperationException if this engine cannot do it
     */
    public EngineContender(AttentionEngine engine, Case call) {
        this.engine = engine;
        spec = call.spec();
        plan = engine.plan(spec);
        stream = engine.newStream();
        tensors = new AttentionTensors();
        closing = new ArrayList<>();
        try {
            upload(call.inputs());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * On tensors that are there already.
     *
     * @param closing what closes the tensors
     */
    public EngineContender(
            AttentionEngine engine,
            AttentionSpec spec,
            Stream stream,
            AttentionTensors tensors,
            List<Runnable> closing) {
        this.engine = engine;
        this.spec = spec;
        this.plan = engine.plan(spec);
        this.stream = stream;
        this.tensors = tensors;
        this.closing = List.copyOf(closing);
    }

    /** Another call on the same stream, and on those of the tensors that it has; this one closes them. */
    EngineContender sharing(AttentionSpec other) {
        AttentionTensors some = new AttentionTensors();
        for (Operand operand : Operand.values()) {
            if (other.has(operand)) {
                some.with(operand, tensors.get(operand));
            }
        }
        return new EngineContender(engine, other, stream, some, List.of());
    }

    private void upload(AttentionArrays inputs) {
        Map<Object, DeviceTensor> byArray = new IdentityHashMap<>(); // query, key and value may share one
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                TensorSpec tensor = spec.operand(operand);
                Object array = spec.isOutput(operand) ? Elements.poisoned(tensor) : inputs.get(operand);
                tensors.with(operand, byArray.computeIfAbsent(array, each -> upload(tensor, each)));
            }
        }
    }

    private DeviceTensor upload(TensorSpec spec, Object array) {
        int length = Array.getLength(array);
        // An array that several operands share is longer than the first of them needs.
        DeviceTensor tensor =
                length == spec.extent() ? engine.allocate(spec) : engine.allocate(spec.dtype(), 1, 1, 1, length);
        closing.add(tensor::close);
        tensor.upload(stream, array, 0);
        return tensor;
    }

    @Override
    public String family() {
        return plan.family().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String way() {
        return family()
                + UnitPeak.taken(plan.explain())
                        .map(unit -> ", " + UnitPeak.name(unit))
                        .orElse("");
    }

    /** Kernel and tiles in the planner's words. */
    public String kernel() {
        return plan.explain().lines().findFirst().orElse("");
    }

    @Override
    public boolean roundsWeights() {
        return plan.family() == KernelFamily.MATRIX || PAIRS.matcher(kernel()).find();
    }

    @Override
    public void run() {
        enqueue();
        stream.finish();
    }

    void enqueue() {
        plan.enqueue(stream, tensors);
    }

    @Override
    public double deviceMillis() {
        try (Event event = plan.enqueueWithEvent(stream, tensors)) {
            event.await();
            return event.deviceNanos() * 1e-6;
        }
    }

    @Override
    public AttentionArrays outputs() {
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                Object array = Elements.poisoned(spec.operand(operand));
                tensors.get(operand).download(stream, array, 0);
                HostArrays.put(outputs, operand, array);
            }
        }
        return outputs;
    }

    @Override
    public float[] output() {
        return dense(Operand.OUT, outputs());
    }

    /** An output in the order [batch, head, row, column]. */
    float[] dense(Operand operand, AttentionArrays outputs) {
        TensorSpec tensor = spec.operand(operand);
        if (tensor.dtype() == DType.F32 && tensor.isDense()) {
            return (float[]) outputs.get(operand);
        }
        Elements elements = Elements.of(spec, outputs, operand);
        float[] dense = new float[Math.toIntExact(tensor.elements())];
        float[] row = new float[tensor.columns()];
        for (int i = 0; i < dense.length / row.length; i++) {
            int head = i / tensor.rows();
            elements.row(head / tensor.heads(), head % tensor.heads(), i % tensor.rows(), row);
            System.arraycopy(row, 0, dense, i * row.length, row.length);
        }
        return dense;
    }

    @Override
    public void close() {
        stream.close();
        closing.forEach(Runnable::run);
    }
}
