package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/** TensorFlow for Java, which has no attention of its own: matrix product, softmax, matrix product, as one graph. */
public final class TensorFlowPeer implements Peer {
    @Override
    public String version() {
        return "TensorFlow " + TensorFlow.version();
    }

    @Override
    public boolean takesOutput() {
        return true;
    }

    @Override
    public Contender prepare(Case problem) {
        return new Products(problem);
    }

    private static final class Products extends PeerContender {
        private final Graph graph = new Graph();
        private final Session session;
        private final TFloat32 query;
        private final TFloat32 key;
        private final TFloat32 value;
        private final TFloat32 bias;
        private Result out;

        Products(Case problem) {
            super("TensorFlow", "matmul, softmax, matmul" + expanded(problem.spec()), problem);
            query = tensor(
                    problem.floats(Operand.QUERY), spec.batch(), spec.heads(), spec.queryLength(), spec.headDim());
            key = tensor(
                    Rearranged.expand(spec, problem.floats(Operand.KEY), spec.headDim()),
                    spec.batch(),
                    spec.heads(),
                    spec.keyLength(),
                    spec.headDim());
            value = tensor(
                    Rearranged.expand(spec, problem.floats(Operand.VALUE), spec.valueDim()),
                    spec.batch(),
                    spec.heads(),
                    spec.keyLength(),
                    spec.valueDim());
            bias = Case.isCausal(spec)
                    ? tensor(Rearranged.causalBias(spec), spec.queryLength(), spec.keyLength())
                    : null;
            build(graph, spec);
            session = new Session(graph);
        }

        private static void build(Graph graph, AttentionSpec spec) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> scaled = tf.math.mul(placeholder(tf, "query"), tf.constant(spec.scale()));
            Operand<TFloat32> scores =
                    tf.train.batchMatMul(scaled, placeholder(tf, "key"), TFloat32.class, BatchMatMul.adjY(true));
            if (Case.isCausal(spec)) {
                scores = tf.math.add(scores, placeholder(tf, "bias"));
            }
            tf.withName("out").train.batchMatMul(tf.nn.softmax(scores), placeholder(tf, "value"), TFloat32.class);
        }

        private static Placeholder<TFloat32> placeholder(Ops tf, String name) {
            return tf.withName(name).placeholder(TFloat32.class);
        }

        private static TFloat32 tensor(float[] values, long... shape) {
            return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, true, false));
        }

        @Override
        public void run() {
            if (out != null) {
                out.close();
            }
            Session.Runner runner = session.runner()
                    .feed("query", query)
                    .feed("key", key)
                    .feed("value", value)
                    .fetch("out");
            out = (bias == null ? runner : runner.feed("bias", bias)).run();
        }

        @Override
        public float[] output() {
            float[] result = new float[Math.toIntExact(spec.outElements())];
            ((TFloat32) out.get(0)).asRawTensor().data().asFloats().read(result);
            return result;
        }

        @Override
        public void close() {
            if (out != null) {
                out.close();
            }
            session.close();
            graph.close();
            query.close();
            key.close();
            value.close();
            if (bias != null) {
                bias.close();
            }
        }
    }
}
