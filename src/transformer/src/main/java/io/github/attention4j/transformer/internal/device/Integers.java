package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import java.util.Arrays;

/** Whole numbers on a device, which are brought there only if they are others than the last time. */
public final class Integers {
    private final DeviceTensor tensor;
    private int[] last;

    /** Of a tensor whose content is undefined. */
    Integers(DeviceTensor tensor) {
        this.tensor = tensor;
    }

    /** Where they are. */
    public DeviceTensor tensor() {
        return tensor;
    }

    /** Makes them these, which must stay as they are. */
    public void set(Stream stream, int[] numbers) {
        if (!Arrays.equals(last, numbers)) {
            last = null;
            tensor.upload(stream, numbers);
            last = numbers;
        }
    }
}
