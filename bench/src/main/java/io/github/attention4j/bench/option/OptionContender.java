package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
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
                tensor.upload(stream, operand.isOutput() ? poison() : Placement.placed(problem, operand), 0);
                tensors.with(operand, tensor);
            }
        }
    }

    private DeviceTensor own(DeviceTensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    private float[] poison() {
        float[] poison = new float[Math.toIntExact(problem.spec().outElements())];
        Arrays.fill(poison, Float.NaN);
        return poison;
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
    public float[] output() {
        float[] stored = new float[Math.toIntExact(problem.spec().outElements())];
        tensors.get(Operand.OUT).download(stream, stored);
        return Placement.outOf(problem, stored);
    }

    @Override
    public void close() {
        stream.close();
        owned.forEach(DeviceTensor::close);
    }
}
