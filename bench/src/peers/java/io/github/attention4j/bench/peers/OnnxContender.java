package io.github.attention4j.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.attention4j.bench.run.Case;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A session of one node; inputs and outputs lie in direct buffers, so that nothing is copied. */
final class OnnxContender extends PeerContender {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxOperator operator;
    private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final FloatBuffer out;

    OnnxContender(OrtEnvironment environment, OrtSession session, OnnxOperator operator, Case problem)
            throws OrtException {
        super("ONNX Runtime", way(operator, problem), problem);
        this.environment = environment;
        this.session = session;
        this.operator = operator;
        boolean expands = operator.expands();
        int kvHeads = expands ? spec.heads() : spec.kvHeads();
        int d = spec.headDim();
        input("query", arranged(problem.floats(Operand.QUERY), spec.heads(), spec.queryLength()));
        input(
                "key",
                arranged(
                        expands ? Rearranged.expand(spec, problem.floats(Operand.KEY), d) : problem.floats(Operand.KEY),
                        kvHeads));
        input(
                "value",
                arranged(
                        expands
                                ? Rearranged.expand(spec, problem.floats(Operand.VALUE), d)
                                : problem.floats(Operand.VALUE),
                        kvHeads));
        if (session.getInputNames().contains("seqlens_k")) {
            int[] lengths = new int[spec.batch()];
            Arrays.fill(lengths, spec.keyLength() - 1); // the operator wants one less than the length
            inputs.put("seqlens_k", integers(lengths, spec.batch()));
            inputs.put("total_sequence_length", integers(new int[] {spec.keyLength()}));
        }
        FloatBuffer result = null;
        for (String name : session.getOutputNames()) {
            long[] shape = ((TensorInfo) session.getOutputInfo().get(name).getInfo()).getShape();
            FloatBuffer buffer = floats(Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)));
            outputs.put(name, OnnxTensor.createTensor(environment, buffer, shape));
            result = name.equals("out") ? buffer : result;
        }
        out = result;
    }

    private static String way(OnnxOperator operator, Case problem) {
        return switch (operator) {
            case MULTI_HEAD_ATTENTION -> "MultiHeadAttention" + expanded(problem.spec());
            case GROUP_QUERY_ATTENTION -> "GroupQueryAttention";
            case ATTENTION -> "Attention (opset 23)";
        };
    }

    private float[] arranged(float[] tensor, int heads) {
        return arranged(tensor, heads, spec.keyLength());
    }

    private float[] arranged(float[] tensor, int heads, int rows) {
        return operator.rowsFirst()
                ? Rearranged.swapHeadsAndRows(tensor, spec.batch(), heads, rows, spec.headDim())
                : tensor;
    }

    private static FloatBuffer floats(int size) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void input(String name, float[] values) throws OrtException {
        long[] shape = ((TensorInfo) session.getInputInfo().get(name).getInfo()).getShape();
        inputs.put(
                name,
                OnnxTensor.createTensor(
                        environment, floats(values.length).put(values).flip(), shape));
    }

    private OnnxTensor integers(int[] values, long... shape) throws OrtException {
        IntBuffer buffer = ByteBuffer.allocateDirect(values.length * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
        return OnnxTensor.createTensor(environment, buffer.put(values).flip(), shape);
    }

    @Override
    public void run() {
        try {
            session.run(inputs, outputs).close(); // the outputs are ours, and stay
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    @Override
    public float[] output() {
        float[] result = new float[Math.toIntExact(spec.outElements())];
        out.duplicate().get(result);
        return operator.rowsFirst()
                ? Rearranged.swapHeadsAndRows(result, spec.batch(), spec.queryLength(), spec.heads(), spec.headDim())
                : result;
    }

    @Override
    public void close() {
        try {
            for (OnnxTensorLike input : inputs.values()) {
                input.close();
            }
            outputs.values().forEach(OnnxTensor::close);
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(), e);
        }
    }
}
