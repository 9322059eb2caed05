package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J on its processor backend: matrix product, softmax in place, matrix product. */
public final class Nd4jPeer implements Peer {
    @Override
    public String version() {
        String jar =
                Nd4j.class.getProtectionDomain().getCodeSource().getLocation().getPath(); // its manifest has no version
        return "ND4J " + jar.replaceAll(".*nd4j-api-|\\.jar$", "") + ", "
                + Nd4j.getBackend().getClass().getSimpleName();
    }

    @Override
    public boolean takesOutput() {
        return true; // its pages are untouched until then
    }

    @Override
    public Contender prepare(Case problem) {
        return new Products(problem);
    }

    private static final class Products extends PeerContender {
        private final INDArray query;
        private final INDArray key;
        private final INDArray value;
        private final INDArray bias;
        private final INDArray out;

        Products(Case problem) {
            super("ND4J", "matmul, softmax, matmul" + expanded(problem.spec()), problem);
            query = tensor(problem.floats(Operand.QUERY), spec.queryLength(), spec.headDim());
            key = tensor(
                    Rearranged.expand(spec, problem.floats(Operand.KEY), spec.headDim()),
                    spec.keyLength(),
                    spec.headDim());
            value = tensor(
                    Rearranged.expand(spec, problem.floats(Operand.VALUE), spec.valueDim()),
                    spec.keyLength(),
                    spec.valueDim());
            bias = Case.isCausal(spec)
                    ? Nd4j.createFromArray(Rearranged.causalBias(spec))
                            .reshape(1, 1, spec.queryLength(), spec.keyLength())
                    : null;
            out = Nd4j.createUninitialized(
                    DataType.FLOAT, spec.batch(), spec.heads(), spec.queryLength(), spec.valueDim());
        }

        private INDArray tensor(float[] values, int rows, int columns) {
            return Nd4j.createFromArray(values).reshape(spec.batch(), spec.heads(), rows, columns);
        }

        @Override
        public void run() {
            try (INDArray scaled = query.mul(spec.scale());
                    INDArray scores = Nd4j.matmul(scaled, key, false, true, false)) {
                if (bias != null) {
                    scores.addi(bias);
                }
                Nd4j.exec(new SoftMax(scores, scores, -1));
                Nd4j.matmul(scores, value, out);
            }
        }

        @Override
        public float[] output() {
            return out.dup('c').data().asFloat();
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
