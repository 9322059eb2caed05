package io.github.attention4j.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** One of ONNX Runtime's attention operators, as a model of that one node, with the session's default options. */
public final class OnnxRuntimePeer implements Peer {
    private final OnnxOperator operator;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    /** Chooses the operator by the name of an {@link OnnxOperator}. */
    public OnnxRuntimePeer(String operator) {
        this.operator = OnnxOperator.valueOf(operator);
    }

    @Override
    public String version() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public boolean takesOutput() {
        return false;
    }

    @Override
    public Contender prepare(Case problem) {
        try (SessionOptions options = new SessionOptions()) {
            return new Node(environment.createSession(operator.model(problem.spec()), options), problem);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not take the model: " + e.getMessage(), e);
        }
    }

    /** Inputs and outputs lie in direct buffers, so that nothing is copied. */
    private final class Node implements Contender {
        private final OrtSession session;
        private final AttentionSpec spec;
        private final Map<String, OnnxTensor> inputs = new HashMap<>();
        private final Map<String, OnnxTensor> outputs = new HashMap<>();
        private final FloatBuffer out;

        Node(OrtSession session, Case problem) throws OrtException {
            this.session = session;
            spec = problem.spec();
            int kvHeads = operator.expands() ? spec.heads() : spec.kvHeads();
            input("query", problem.floats(Operand.QUERY), spec.heads(), spec.queryLength(), spec.headDim());
            input("key", shared(problem, Operand.KEY, spec.headDim()), kvHeads, spec.keyLength(), spec.headDim());
            input("value", shared(problem, Operand.VALUE, spec.valueDim()), kvHeads, spec.keyLength(), spec.valueDim());
            if (session.getInputNames().contains("seqlens_k")) {
                int[] lengths = new int[spec.batch()];
                Arrays.fill(lengths, spec.keyLength() - 1); // the operator wants one less than the length
                inputs.put("seqlens_k", integers(lengths, spec.batch()));
                inputs.put("total_sequence_length", integers(new int[] {spec.keyLength()}));
            }
            out = output("out", operator.shape(spec.batch(), spec.heads(), spec.queryLength(), spec.valueDim()));
            for (String cache : session.getOutputNames()) {
                if (!cache.equals("out")) {
                    output(cache, spec.batch(), kvHeads, spec.keyLength(), spec.headDim());
                }
            }
        }

        private float[] shared(Case problem, Operand operand, int columns) {
            float[] tensor = problem.floats(operand);
            return operator.expands() ? Rearranged.expand(spec, tensor, columns) : tensor;
        }

        private void input(String name, float[] tensor, int heads, int rows, int columns) throws OrtException {
            float[] values = operator.rowsFirst()
                    ? Rearranged.swapHeadsAndRows(tensor, spec.batch(), heads, rows, columns)
                    : tensor;
            FloatBuffer buffer =
                    direct(values.length).asFloatBuffer().put(values).flip();
            long[] shape = operator.shape(spec.batch(), heads, rows, columns);
            inputs.put(name, OnnxTensor.createTensor(environment, buffer, shape));
        }

        private OnnxTensor integers(int[] values, long... shape) throws OrtException {
            IntBuffer buffer = direct(values.length).asIntBuffer().put(values).flip();
            return OnnxTensor.createTensor(environment, buffer, shape);
        }

        private FloatBuffer output(String name, long... shape) throws OrtException {
            long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            FloatBuffer buffer = direct(Math.toIntExact(elements)).asFloatBuffer();
            outputs.put(name, OnnxTensor.createTensor(environment, buffer, shape));
            return buffer;
        }

        /** Room for so many floats or ints. */
        private static ByteBuffer direct(int elements) {
            return ByteBuffer.allocateDirect(Math.multiplyExact(elements, Float.BYTES))
                    .order(ByteOrder.nativeOrder());
        }

        @Override
        public String family() {
            return switch (operator) {
                case MULTI_HEAD_ATTENTION -> "MultiHeadAttention" + Peer.expanded(spec);
                case GROUP_QUERY_ATTENTION -> "GroupQueryAttention";
                case ATTENTION -> "Attention (opset 23)";
            };
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
                    ? Rearranged.swapHeadsAndRows(
                            result, spec.batch(), spec.queryLength(), spec.heads(), spec.headDim())
                    : result;
        }

        @Override
        public void close() {
            try {
                inputs.values().forEach(OnnxTensor::close);
                outputs.values().forEach(OnnxTensor::close);
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(), e);
            }
        }
    }
}
