package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
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
            case TENSORS -> enqueue(engine, spec, List.of(all));
        }
    }

    /** Computes several calls on tensors, enqueued together; arrays that they share are one tensor. */
    public static void enqueue(AttentionEngine engine, AttentionSpec spec, List<AttentionArrays> calls) {
        Map<Object, DeviceTensor> tensors = new IdentityHashMap<>();
        List<AttentionTensors> operands = new ArrayList<>();
        try (Stream stream = engine.newStream()) {
            for (AttentionArrays arrays : calls) {
                operands.add(upload(engine, stream, spec, arrays, tensors));
            }
            if (calls.size() == 1) {
                engine.plan(spec).enqueue(stream, operands.get(0));
            } else {
                engine.plan(spec).enqueue(stream, operands);
            }
            for (int call = 0; call < calls.size(); call++) {
                for (Operand operand : Operand.values()) {
                    if (spec.isOutput(operand)) {
                        operands.get(call)
                                .get(operand)
                                .download(stream, calls.get(call).get(operand), 0);
                    }
                }
            }
        } finally {
            tensors.values().forEach(DeviceTensor::close);
        }
    }

    private static AttentionTensors upload(
            AttentionEngine engine,
            Stream stream,
            AttentionSpec spec,
            AttentionArrays arrays,
            Map<Object, DeviceTensor> tensors) {
        AttentionTensors operands = new AttentionTensors();
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
        return operands;
    }

    /** An array that several operands share may be longer than the first of them needs. */
    private static DeviceTensor allocate(AttentionEngine engine, TensorSpec tensor, Object array) {
        int length = new Elements(tensor, array).length();
        return length == tensor.extent() ? engine.allocate(tensor) : engine.allocate(tensor.dtype(), 1, 1, 1, length);
    }
}
