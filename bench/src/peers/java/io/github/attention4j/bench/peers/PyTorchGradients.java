package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.peers.PyTorchPeer.Sdpa;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Gradients;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Forward and backward by PyTorch's autograd, which keeps of forward what it wants. */
final class PyTorchGradients implements Contender {
    private final Sdpa forward;
    private final TensorVector inputs = new TensorVector();
    private final Tensor gradOut;
    private final BoolOptional keepsGraph = new BoolOptional();
    private TensorVector gradients;

    /** Closes the forward call with itself. */
    PyTorchGradients(Sdpa forward, float[] gradOut) {
        this.forward = forward;
        this.gradOut =
                forward.tensor(gradOut, forward.spec.heads(), forward.spec.queryLength(), forward.spec.valueDim());
        for (Tensor input : forward.inputs()) {
            inputs.push_back(input.set_requires_grad(true));
        }
    }

    @Override
    public String family() {
        return forward.family() + ", autograd";
    }

    @Override
    public void run() {
        closeGradients();
        forward.run();
        try (TensorVector outs = new TensorVector(forward.out);
                TensorVector gradOuts = new TensorVector(gradOut)) {
            gradients = torch.grad(outs, inputs, gradOuts, keepsGraph, false, false);
        }
    }

    /** {@link Gradients}. */
    @Override
    @SuppressWarnings("try") // the scope is there to be closed
    public float[] output() {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> all = forward.gradients(List.of(gradients.get(0), gradients.get(1), gradients.get(2)));
            return Gradients.joined(Sdpa.floats(all.get(0)), Sdpa.floats(all.get(1)), Sdpa.floats(all.get(2)));
        }
    }

    private void closeGradients() {
        if (gradients != null) {
            gradients.close();
        }
    }

    @Override
    public void close() {
        closeGradients();
        inputs.close();
        gradOut.close();
        keepsGraph.close();
        forward.close();
    }
}
