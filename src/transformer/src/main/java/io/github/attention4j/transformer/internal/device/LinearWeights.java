package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Precision;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.LinearSpecBuilder;

/**
 * What a linear layer has learned, on a device.
 *
 * @param out elements of a row that comes out
 * @param in elements of a row that goes in
 * @param weight [out, in]
 * @param scales of the rows of a weight of 8 bits, else null
 * @param bias [out], or null
 */
public record LinearWeights(int out, int in, DeviceTensor weight, DeviceTensor scales, DeviceTensor bias) {
    /** The layer over so many rows of F32; with a weight of bf16, products may be of bf16. */
    public LinearSpecBuilder spec(int rows) {
        LinearSpecBuilder spec = LinearSpec.builder()
                .rows(rows)
                .inFeatures(in)
                .outFeatures(out)
                .types(DType.F32, weight.dtype(), DType.F32);
        if (weight.dtype() == DType.BF16) {
            spec.precision(Precision.BF16);
        }
        return bias == null ? spec : spec.bias();
    }

    /** A call of the layer. */
    public LayerTensors tensors(DeviceTensor input, DeviceTensor output) {
        LayerTensors tensors = new LayerTensors()
                .with(LayerOperand.INPUT, input)
                .with(LayerOperand.WEIGHT, weight)
                .with(LayerOperand.OUT, output);
        if (scales != null) {
            tensors.with(LayerOperand.WEIGHT_SCALES, scales);
        }
        return bias == null ? tensors : tensors.with(LayerOperand.BIAS, bias);
    }
}
