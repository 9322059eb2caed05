package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The weights of a BERT model in an ONNX file, under the names and in the shapes that PyTorch gives them: an exporter
 * keeps the names of biases, norms and embeddings, but turns the weights of linear layers, which are found by the
 * product that uses them.
 */
public final class OnnxTensors implements Tensors {
    private static final String DENSE = ".weight";

    private final OnnxFile file;

    /** Of this file. */
    public OnnxTensors(OnnxFile file) {
        this.file = file;
    }

    @Override
    public boolean has(String tensor) {
        return file.has(tensor);
    }

    @Override
    public int elements(String tensor, int... shape) throws IOException {
        return numbers(tensor, shape).remaining();
    }

    @Override
    public void read(String tensor, float[] to, int at, int... shape) throws IOException {
        FloatBuffer numbers = numbers(tensor, shape);
        if (!isTurned(tensor, shape)) {
            numbers.get(to, at, numbers.remaining());
            return;
        }
        int out = shape[0];
        int in = shape[1];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                to[at + o * in + i] = numbers.get(i * out + o);
            }
        }
    }

    private boolean isTurned(String tensor, int... shape) {
        return shape.length == 2 && !file.has(tensor);
    }

    private FloatBuffer numbers(String tensor, int... shape) throws IOException {
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (!isTurned(tensor, shape)) {
            return file.weights(tensor, elements);
        }
        // "encoder.layer.0.attention.self.query.weight" is used by "/encoder/layer.0/attention/self/query/MatMul"
        String path = tensor.substring(0, tensor.length() - DENSE.length()).replace('.', '/');
        return file.weightsOfNode("/" + path.replace("/layer/", "/layer.") + "/MatMul", elements);
    }

    @Override
    public void close() {}
}
