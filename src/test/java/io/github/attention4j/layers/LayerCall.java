package io.github.attention4j.layers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Elements;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** A layer computed on an engine, and its outputs beside what they should be. */
final class LayerCall {
    private LayerCall() {}

    /**
     * Computes; the arrays of the outputs.
     *
     * @param arrays of all operands; outputs have what is in their tensors before
     * @param inPlace nothing, or an output and the input whose tensor it takes
     */
    static Map<LayerOperand, Object> run(
            AttentionEngine engine, LayerSpec spec, Map<LayerOperand, Object> arrays, LayerOperand... inPlace) {
        Map<LayerOperand, DeviceTensor> tensors = new EnumMap<>(LayerOperand.class);
        Map<LayerOperand, Object> outputs = new EnumMap<>(LayerOperand.class);
        LayerTensors call = new LayerTensors();
        try (Stream stream = engine.newStream()) {
            arrays.forEach((operand, array) -> {
                DeviceTensor tensor = engine.allocate(spec.operand(operand));
                tensor.upload(stream, array, 0);
                tensors.put(operand, tensor);
                call.with(operand, tensor);
            });
            if (inPlace.length == 2) {
                call.with(inPlace[0], tensors.get(inPlace[1]));
            }
            engine.plan(spec).enqueue(stream, call);
            stream.finish();
            for (LayerOperand operand : arrays.keySet()) {
                if (operand.isOutput()) {
                    Object array = Elements.poisoned(spec.operand(operand));
                    call.get(operand).download(stream, array, 0);
                    outputs.put(operand, array);
                }
            }
        } finally {
            tensors.values().forEach(DeviceTensor::close);
        }
        return outputs;
    }

    /**
     * Judges an output, and that nothing was written between its rows.
     *
     * @param exact row by row
     * @param allowed by how much an element may be off, but for rounding to its type
     */
    static void judge(LayerSpec spec, LayerOperand output, Object array, double[] exact, IntToDoubleFunction allowed) {
        TensorSpec tensor = spec.operand(output);
        Elements actual = new Elements(tensor, array);
        boolean[] written = new boolean[actual.length()];
        for (int i = 0; i < exact.length; i++) {
            int row = i / tensor.columns();
            int column = i % tensor.columns();
            int at = actual.at(0, 0, row, column);
            written[at] = true;
            double most = allowed.applyAsDouble(i) + rounding(tensor.dtype(), exact[i]);
            float is = actual.getAt(at);
            boolean isRight =
                    Double.isFinite(exact[i]) ? Math.abs(is - exact[i]) <= most : Double.compare(is, exact[i]) == 0;
            if (actual.isPoison(at) || !isRight) {
                throw new AssertionError("%s: %s at row %d, column %d is %s, but should be %s; allowed %.3g"
                        .formatted(
                                spec,
                                output.label(),
                                row,
                                column,
                                actual.isPoison(at) ? "not written" : is,
                                exact[i],
                                most));
            }
        }
        for (int at = 0; at < written.length; at++) {
            if (!written[at] && !actual.isPoison(at)) {
                throw new AssertionError(
                        spec + ": element " + at + " between the rows of " + output.label() + " was written");
            }
        }
    }

    private static double rounding(DType type, double exact) {
        double size = Double.isFinite(exact) ? Math.abs(exact) : 0;
        return switch (type) {
            case F16 -> size * 0x1p-11 + 0x1p-25;
            case BF16 -> size * 0x1p-8;
            default -> 0;
        };
    }
}
