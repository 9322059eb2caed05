package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.timing.Contender;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's {@code scaled_dot_product_attention}, which chooses its own kernel. */
public final class PyTorchPeer implements Peer {
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
    public Contender prepare(Problem problem) {
        return new Sdpa(problem);
    }

    private static final class Sdpa extends PeerContender {
        private final Tensor query;
        private final Tensor key;
        private final Tensor value;
        private final boolean causal;
        private final TensorOptional noMask = new TensorOptional();
        private final DoubleOptional scale;
        private Tensor out;

        Sdpa(Problem problem) {
            super("PyTorch", "scaled_dot_product_attention", problem);
            causal = causal(spec);
            query = tensor(problem.query(), spec.heads(), spec.queryLength(), spec.headDim());
            key = tensor(problem.key(), spec.kvHeads(), spec.keyLength(), spec.headDim());
            value = tensor(problem.value(), spec.kvHeads(), spec.keyLength(), spec.valueDim());
            scale = new DoubleOptional(spec.scale());
        }

        private Tensor tensor(float[] values, long heads, long rows, long columns) {
            try (FloatPointer pointer = new FloatPointer(values);
                    Tensor view = torch.from_blob(pointer, spec.batch(), heads, rows, columns)) {
                return view.clone();
            }
        }

        @Override
        public void run() {
            close(out);
            out = torch.scaled_dot_product_attention(query, key, value, noMask, 0, causal, scale, spec.groupSize() > 1);
        }

        @Override
        public float[] output() {
            float[] result = new float[Math.toIntExact(spec.outElements())];
            try (Tensor contiguous = out.contiguous()) {
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

        private static void close(Tensor tensor) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }
}
