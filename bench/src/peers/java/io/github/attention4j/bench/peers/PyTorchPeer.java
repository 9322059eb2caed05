package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Gradients;
import io.github.attention4j.bench.run.Pass;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's {@code scaled_dot_product_attention}, which chooses its own kernel, or the same put together from matrix
 * products and softmax.
 */
public final class PyTorchPeer implements Peer {
    private final boolean isComposed;
    private final boolean isBf16;

    /** In f32. */
    public PyTorchPeer() {
        this("");
    }

    /** @param argument {@link PeerKind#BF16}, with {@code "matmul "} before it for the operation put together */
    public PyTorchPeer(String argument) {
        isComposed = argument.startsWith("matmul");
        isBf16 = argument.endsWith(PeerKind.BF16);
    }

    @Override
    public String version() {
        return "PyTorch " + torch.class.getPackage().getImplementationVersion() + ", " + torch.get_num_threads()
                + " threads";
    }

    @Override
    public boolean takesOutput() {
        return true;
    }

    @Override
    public Contender prepare(Case problem) {
        return operation(problem);
    }

    @Override
    public Contender prepareGradients(Case problem, Pass pass) {
        return new PyTorchGradients(operation(problem), problem.floats(Operand.GRAD_OUT));
    }

    private Sdpa operation(Case problem) {
        return isComposed ? new Composed(problem, isBf16) : new Sdpa(problem, isBf16);
    }

    /** The operation of the library. */
    static class Sdpa implements Contender {
        final AttentionSpec spec;
        final Tensor query;
        final Tensor key;
        final Tensor value;
        final boolean causal;
        private final boolean bf16;
        private final TensorOptional noMask = new TensorOptional();
        private final DoubleOptional scale;
        Tensor out;

        Sdpa(Case problem, boolean bf16) {
            this.bf16 = bf16;
            spec = problem.spec();
            causal = Peer.causal(spec);
            query = tensor(problem.floats(Operand.QUERY), spec.heads(), spec.queryLength(), spec.headDim());
            key = tensor(problem.floats(Operand.KEY), spec.kvHeads(), spec.keyLength(), spec.headDim());
            value = tensor(problem.floats(Operand.VALUE), spec.kvHeads(), spec.keyLength(), spec.valueDim());
            scale = new DoubleOptional(spec.scale());
        }

        @Override
        public String family() {
            return "scaled_dot_product_attention";
        }

        /** What {@link #run} reads, in the order of {@link Gradients}. */
        List<Tensor> inputs() {
            return List.of(query, key, value);
        }

        /** Gradients of the {@link #inputs}, as those of query, key and value. */
        List<Tensor> gradients(List<Tensor> ofInputs) {
            return ofInputs;
        }

        /** Of the type that is computed in; [batch, heads, rows, columns]. */
        final Tensor tensor(float[] values, long heads, long rows, long columns) {
            try (FloatPointer pointer = new FloatPointer(values);
                    Tensor view = torch.from_blob(pointer, spec.batch(), heads, rows, columns)) {
                return bf16 ? view.toType(torch.ScalarType.BFloat16) : view.clone();
            }
        }

        @Override
        public void run() {
            close(out);
            out = torch.scaled_dot_product_attention(query, key, value, noMask, 0, causal, scale, spec.groupSize() > 1);
        }

        @Override
        public float[] output() {
            return floats(out);
        }

        static float[] floats(Tensor tensor) {
            float[] result = new float[Math.toIntExact(tensor.numel())];
            try (Tensor floats = tensor.toType(torch.ScalarType.Float);
                    Tensor contiguous = floats.contiguous()) {
                contiguous.data_ptr_float().get(result);
            }
            return result;
        }

        @Override
        public void close() {
            close(out);
            query.close();
            key.close();
            value.close();
        }

        static void close(Tensor tensor) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }

    /**
     * softmax(scale * Q K^T + mask) V: the mask is made beforehand, heads that share keys and values get copies of them
     * beforehand.
     */
    private static final class Composed extends Sdpa {
        private final Tensor keys;
        private final Tensor values;
        private final Tensor mask;
        private final Scalar factor;

        Composed(Case problem, boolean bf16) {
            super(problem, bf16);
            try (Tensor expanded = key.repeat_interleave(spec.groupSize(), new LongOptional(1), new LongOptional());
                    Tensor turned = expanded.transpose(2, 3)) {
                keys = turned.contiguous();
            }
            values = value.repeat_interleave(spec.groupSize(), new LongOptional(1), new LongOptional());
            factor = new Scalar(spec.scale());
            if (causal) {
                try (Scalar hidden = new Scalar(Float.NEGATIVE_INFINITY);
                        Tensor full = torch.full(
                                new long[] {spec.queryLength(), spec.keyLength()},
                                hidden,
                                new TensorOptions(query.scalar_type()))) {
                    mask = full.triu(1);
                }
            } else {
                mask = null;
            }
        }

        @Override
        List<Tensor> inputs() {
            return List.of(query, keys, values);
        }

        @Override
        List<Tensor> gradients(List<Tensor> ofInputs) {
            Tensor gradKeys = ofInputs.get(1).transpose(2, 3);
            return List.of(ofInputs.get(0), ofGroups(gradKeys), ofGroups(ofInputs.get(2)));
        }

        /** Sums over the query heads that share a key/value head. */
        private Tensor ofGroups(Tensor gradient) {
            Tensor groups = gradient.reshape(
                    spec.batch(), spec.kvHeads(), spec.groupSize(), gradient.size(2), gradient.size(3));
            return groups.sum(2);
        }

        @Override
        public String family() {
            return "matmul, softmax, matmul" + Peer.expanded(spec);
        }

        @Override
        public void run() {
            close(out);
            try (Tensor scores = torch.matmul(query, keys)) {
                scores.mul_(factor);
                if (mask != null) {
                    scores.add_(mask);
                }
                try (Tensor weights = torch.softmax(scores, 3)) {
                    out = torch.matmul(weights, values);
                }
            }
        }

        @Override
        public void close() {
            super.close();
            keys.close();
            values.close();
            close(mask);
        }
    }
}
