package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import java.util.IdentityHashMap;
import java.util.Map;

/** How the data of a call reach an engine; what is computed does not depend on it. */
public enum Way {
    /** Java arrays, in one call. */
    ARRAYS,
    /** Direct buffers, in one call. */
    BUFFERS,
    /** Tensors on the device, uploaded and downloaded around an enqueued call. */
    TENSORS;

    /** Computes the inputs' outputs into the arrays of {@code outputs}. */
    public void run(AttentionEngine engine, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        AttentionArrays all = HostArrays.all(inputs, outputs);
        switch (this) {
            case ARRAYS -> engine.attend(spec, all);
            case BUFFERS -> {
                AttentionArrays buffers = HostArrays.direct(spec, all);
                engine.attend(spec, buffers);
                HostArrays.copyOutputs(spec, buffers, outputs);
            }
            case TENSORS -> enqueue(engine, spec, all);
        }
    }

    private static void enqueue(AttentionEngine engine, AttentionSpec spec, AttentionArrays arrays) {
        Map<Object, DeviceTensor> tensors = new IdentityHashMap<>();
        AttentionTensors operands = new AttentionTensors();
        try (Stream stream = engine.newStream()) {
            for (Operand operand : Operand.values()) {
                if (spec.has(operand)) {
                    Object array = arrays.get(operand);
                    DeviceTensor tensor = tensors.get(array);
                    if (tensor == null) {
                        tensor = allocate(engine, spec.operand(operand), array);
                        tensors.put(array, tensor);
                        tensor.upload(stream, array, 0);
                    }
                    operands.with(operand, tensor);
                }
            }
            engine.plan(spec).enqueue(stream, operands);
            for (Operand operand : Operand.values()) {
                if (spec.isOutput(operand)) {
                    operands.get(operand).download(stream, arrays.get(operand), 0);
                }
            }
        } finally {
            tensors.values().forEach(DeviceTensor::close);
        }
    }

    /** An array that several operands share may be longer than the first of them needs. */
    private static DeviceTensor allocate(AttentionEngine engine, TensorSpec tensor, Object array) {
        int length = new Elements(tensor, array).length();
        return length == tensor.extent() ? engine.allocate(tensor) : engine.allocate(tensor.dtype(), 1, 1, 1, length);
    }
}
