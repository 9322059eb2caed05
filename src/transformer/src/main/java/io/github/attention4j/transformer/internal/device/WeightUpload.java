package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.transformer.internal.files.Tensors;
import java.io.IOException;

/** Brings weights from files to a device, all through one array, so that no more than one is in Java's memory. */
public final class WeightUpload {
    private final Tensors tensors;
    private final DType type;
    private final DeviceMemory memory;
    private float[] numbers = {};

    /** @param type of the weights of linear layers there; tables of embeddings have it, too, but for I8 */
    public WeightUpload(Tensors tensors, DType type, DeviceMemory memory) {
        this.tensors = tensors;
        this.type = type;
        this.memory = memory;
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return tensors.has(name);
    }

    /** A table, of which only the first rows are kept. */
    public DeviceTensor table(String name, int rows, int columns, int kept) throws IOException {
        int[] shape = {rows, columns};
        makeRoom(tensors.elements(name, shape));
        tensors.read(name, numbers, 0, shape);
        return memory.upload(type == DType.I8 ? DType.F32 : type, numbers, kept, columns);
    }

    /**
     * Linear layers over the same rows, which become one.
     *
     * @param out elements of a row that each gives
     * @param in elements of a row that goes in
     * @param hasBias whether they have biases
     * @param names what {@code .weight} and {@code .bias} follow
     */
    public LinearWeights linear(int out, int in, boolean hasBias, String... names) throws IOException {
        int elements = 0;
        for (String name : names) {
            elements = Math.addExact(elements, tensors.elements(name + ".weight", out, in));
        }
        float[] bias = null;
        if (hasBias) {
            bias = new float[names.length * out];
            for (int i = 0; i < names.length; i++) {
                tensors.read(names[i] + ".bias", bias, i * out, out);
            }
        }
        makeRoom(elements);
        for (int i = 0; i < names.length; i++) {
            tensors.read(names[i] + ".weight", numbers, i * (elements / names.length), out, in);
        }
        return memory.linear(type, numbers, bias, names.length * out, in);
    }

    /** A norm, which has a bias or not. */
    public NormWeights norm(String name, int columns, boolean hasBias) throws IOException {
        DeviceTensor weight = memory.upload(DType.F32, tensors.floats(name + ".weight", columns), 1, columns);
        return new NormWeights(
                weight, hasBias ? memory.upload(DType.F32, tensors.floats(name + ".bias", columns), 1, columns) : null);
    }

    private void makeRoom(int elements) {
        if (numbers.length < elements) {
            numbers = new float[elements];
        }
    }
}
