package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
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
    public float[] floats(String tensor, int... shape) throws IOException {
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (file.has(tensor) || shape.length < 2) {
            return file.weights(tensor, elements);
        }
        // "encoder.layer.0.attention.self.query.weight" is used by "/encoder/layer.0/attention/self/query/MatMul"
        String path = tensor.substring(0, tensor.length() - DENSE.length()).replace('.', '/');
        float[] turned = file.weightsOfNode("/" + path.replace("/layer/", "/layer.") + "/MatMul", elements);
        int out = shape[0];
        int in = shape[1];
        float[] weights = new float[elements];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                weights[o * in + i] = turned[i * out + o];
            }
        }
        return weights;
    }

    @Override
    public void close() {}
}
