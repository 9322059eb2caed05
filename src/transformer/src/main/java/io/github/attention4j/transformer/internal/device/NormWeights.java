package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerTensors;

/**
 * What a norm has learned, on a device.
 *
 * @param weight [columns]
 * @param bias [columns], or null
 */
public record NormWeights(DeviceTensor weight, DeviceTensor bias) {
    /** A call of the norm. */
    public LayerTensors tensors(DeviceTensor input, DeviceTensor output) {
        LayerTensors tensors = new LayerTensors()
                .with(LayerOperand.INPUT, input)
                .with(LayerOperand.WEIGHT, weight)
                .with(LayerOperand.OUT, output);
        return bias == null ? tensors : tensors.with(LayerOperand.BIAS, bias);
    }
}
