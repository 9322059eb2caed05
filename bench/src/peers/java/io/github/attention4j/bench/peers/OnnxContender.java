package io.github.attention4j.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.attention4j.Operand;
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
        int keys = spec.keyLength();
        int d = spec.headDim();
        int valueDim = spec.valueDim();
        input("query", problem.floats(Operand.QUERY), spec.heads(), spec.queryLength(), d);
        input(
                "key",
                expands ? Rearranged.expand(spec, problem.floats(Operand.KEY), d) : problem.floats(Operand.KEY),
                kvHeads,
                keys,
                d);
        input(
                "value",
                expands
                        ? Rearranged.expand(spec, problem.floats(Operand.VALUE), valueDim)
                        : problem.floats(Operand.VALUE),
                kvHeads,
                keys,
                valueDim);
        if (session.getInputNames().contains("seqlens_k")) {
            int[] lengths = new int[spec.batch()];
            Arrays.fill(lengths, spec.keyLength() - 1); // the operator wants one less than the length
            inputs.put("seqlens_k", integers(lengths, spec.batch()));
            inputs.put("total_sequence_length", integers(new int[] {spec.keyLength()}));
        }
        out = output("out", operator.shape(spec.batch(), spec.heads(), spec.queryLength(), valueDim));
        for (String cache : session.getOutputNames()) {
            if (!cache.equals("out")) {
                output(cache, spec.batch(), kvHeads, keys, d);
            }
        }
    }

    private FloatBuffer output(String name, long... shape) throws OrtException {
        FloatBuffer buffer = floats(Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)));
        outputs.put(name, OnnxTensor.createTensor(environment, buffer, shape));
        return buffer;
    }

    private static String way(OnnxOperator operator, Case problem) {
        return switch (operator) {
            case MULTI_HEAD_ATTENTION -> "MultiHeadAttention" + expanded(problem.spec());
            case GROUP_QUERY_ATTENTION -> "GroupQueryAttention";
            case ATTENTION -> "Attention (opset 23)";
        };
    }

    private static FloatBuffer floats(int size) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void input(String name, float[] tensor, int heads, int rows, int columns) throws OrtException {
        float[] values =
                operator.rowsFirst() ? Rearranged.swapHeadsAndRows(tensor, spec.batch(), heads, rows, columns) : tensor;
        inputs.put(
                name,
                OnnxTensor.createTensor(
                        environment,
                        floats(values.length).put(values).flip(),
                        operator.shape(spec.batch(), heads, rows, columns)));
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
