package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.bench.timing.Contender;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An engine and a problem with options, its tensors already on the device. */
public final class OptionContender implements Contender {
    private final AttentionEngine engine;
    private final OptionProblem problem;
    private final AttentionPlan plan;
    private final Stream stream;
    private final AttentionTensors tensors = new AttentionTensors();
    private final List<DeviceTensor> owned = new ArrayList<>();

    /**
     * Uploads the problem. The output starts as NaN, so that a row the kernel forgets is found.
     *
     * @throws UnsupportedOperationException if this engine cannot do it
     */
    public OptionContender(AttentionEngine engine, OptionProblem problem) {
        this.engine = engine;
        this.problem = problem;
        plan = engine.plan(problem.spec());
        stream = engine.newStream();
        try {
            upload();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void upload() {
        AttentionSpec spec = problem.spec();
        if (Placement.isPacked(problem)) {
            Object packed = Placement.packed(problem);
            DType type = spec.operand(Operand.QUERY).dtype();
            DeviceTensor tensor = own(engine.allocate(type, 1, 1, 1, Array.getLength(packed)));
            tensor.upload(stream, packed, 0);
            tensors.with(Operand.QUERY, tensor).with(Operand.KEY, tensor).with(Operand.VALUE, tensor);
        }
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && tensors.get(operand) == null) {
                DeviceTensor tensor = own(engine.allocate(spec.operand(operand)));
                Object contents = operand.isOutput() ? poison(operand) : Placement.placed(problem, operand);
                tensor.upload(stream, contents, 0);
                tensors.with(operand, tensor);
            }
        }
    }

    private DeviceTensor own(DeviceTensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    private Object poison(Operand output) {
        TensorSpec tensor = problem.spec().operand(output);
        float[] poison = new float[Math.toIntExact(tensor.elements())];
        Arrays.fill(poison, Float.NaN);
        return tensor.dtype() == DType.F32 ? poison : Half.encode(tensor.dtype(), poison);
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
        return Placement.outOf(problem, stored(Operand.OUT));
    }

    /** The log-sum-exp of the last run, [batch, heads, rows], of a spec that asks for it. */
    public float[] lse() {
        return stored(Operand.LSE);
    }

    private float[] stored(Operand output) {
        int elements = Math.toIntExact(problem.spec().operand(output).elements());
        DType type = problem.spec().operand(output).dtype();
        float[] values = new float[elements];
        if (type == DType.F32) {
            tensors.get(output).download(stream, values);
            return values;
        }
        short[] bits = new short[elements];
        tensors.get(output).download(stream, bits, 0);
        for (int i = 0; i < elements; i++) {
            values[i] = Bits16.value(type, bits[i]);
        }
        return values;
    }

    @Override
    public void close() {
        stream.close();
        owned.forEach(DeviceTensor::close);
    }
}
