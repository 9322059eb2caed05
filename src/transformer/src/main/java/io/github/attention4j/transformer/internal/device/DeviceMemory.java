package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.Stream;
import java.util.ArrayList;
import java.util.List;

/** Tensors of one engine that are freed together, also where making one of them fails. */
public final class DeviceMemory implements AutoCloseable {
    private static final float LARGEST_BYTE = 127;

    private final AttentionEngine engine;
    private final Stream stream;
    private final List<DeviceTensor> tensors = new ArrayList<>();

    /** Nothing yet. Uploads go through the stream. */
    public DeviceMemory(AttentionEngine engine, Stream stream) {
        this.engine = engine;
        this.stream = stream;
    }

    /** A tensor [1, 1, rows, columns] whose content is undefined. */
    public DeviceTensor allocate(DType type, int rows, int columns) {
        return add(engine.allocate(type, 1, 1, rows, columns));
    }

    /** A tensor [count, 1, 1, 1] of whole numbers, as attention wants offsets. */
    public DeviceTensor integers(int count) {
        return add(engine.allocate(DType.I32, count, 1, 1, 1));
    }

    /** A tensor of F32 as attention wants it. */
    public DeviceTensor heads(int batch, int heads, int rows, int columns) {
        return add(engine.allocate(DType.F32, batch, heads, rows, columns));
    }

    private DeviceTensor add(DeviceTensor tensor) {
        tensors.add(tensor);
        return tensor;
    }

    /** A tensor [1, 1, rows, columns] with the first of these numbers, rounded to its type. */
    public DeviceTensor upload(DType type, float[] numbers, int rows, int columns) {
        DeviceTensor tensor = allocate(type, rows, columns);
        if (type == DType.F32) {
            tensor.upload(stream, numbers, 0);
            return tensor;
        }
        short[] bits = new short[Math.multiplyExact(rows, columns)];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = type == DType.F16 ? Half.toF16(numbers[i]) : Half.toBf16(numbers[i]);
        }
        tensor.upload(stream, bits);
        return tensor;
    }

    /** What a linear layer has learned: the first of these weights, and the bias, if there is one. */
    LinearWeights linear(DType type, float[] weight, float[] bias, int out, int in) {
        DeviceTensor biases = bias == null ? null : upload(DType.F32, bias, 1, out);
        if (type != DType.I8) {
            return new LinearWeights(out, in, upload(type, weight, out, in), null, biases);
        }
        float[] scales = new float[out];
        byte[] bytes = new byte[Math.multiplyExact(out, in)];
        for (int row = 0; row < out; row++) {
            scales[row] = quantise(weight, row * in, in, bytes);
        }
        DeviceTensor tensor = allocate(DType.I8, out, in);
        tensor.upload(stream, bytes);
        return new LinearWeights(out, in, tensor, upload(DType.F32, scales, 1, out), biases);
    }

    /** Rounds a row to bytes; the number that they are to be multiplied with. */
    private static float quantise(float[] row, int from, int count, byte[] bytes) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(row[i]));
        }
        float scale = largest / LARGEST_BYTE;
        for (int i = from; i < from + count; i++) {
            bytes[i] = (byte) (scale == 0 ? 0 : Math.round(row[i] / scale));
        }
        return scale;
    }

    @Override
    public void close() {
        tensors.forEach(DeviceTensor::close);
        tensors.clear();
    }
}
