package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.HostArrays;
import java.util.List;

/** Gradients by an engine, all tensors on the device: backward alone, or a forward call that returns lse before it. */
public final class EngineGradients implements Contender {
    private final Pass pass;
    private final EngineContender forward;
    private final EngineContender backward;

    /**
     * Uploads the inputs; out and lse are computed here for a pass that does not.
     *
     * @param call a forward call and its data, {@link Case#withGradOut}
     * @throws UnsupportedOperationException if this engine cannot do it
     */
    public EngineGradients(AttentionEngine engine, Case call, Pass pass) {
        this.pass = pass;
        AttentionSpec withLse = call.spec().withLse(true);
        AttentionSpec gradients = call.spec().backward();
        AttentionArrays unknown = new AttentionArrays();
        for (Operand operand : List.of(Operand.OUT, Operand.LSE)) {
            HostArrays.put(unknown, operand, Elements.poisoned(gradients.operand(operand)));
        }
        backward =
                new EngineContender(engine, new Case(call.name(), gradients, HostArrays.all(call.inputs(), unknown)));
        try {
            forward = backward.sharing(withLse);
            forward.run();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public String family() {
        return joined(forward.family(), backward.family());
    }

    @Override
    public String way() {
        return joined(forward.way(), backward.way());
    }

    private String joined(String ofForward, String ofBackward) {
        return pass == Pass.BACKWARD || ofForward.equals(ofBackward) ? ofBackward : ofForward + ", " + ofBackward;
    }

    @Override
    public void run() {
        if (pass == Pass.BOTH) {
            forward.enqueue();
        }
        backward.run();
    }

    @Override
    public float[] output() {
        AttentionArrays outputs = outputs();
        return Gradients.joined(
                backward.dense(Operand.GRAD_QUERY, outputs),
                backward.dense(Operand.GRAD_KEY, outputs),
                backward.dense(Operand.GRAD_VALUE, outputs));
    }

    @Override
    public AttentionArrays outputs() {
        return backward.outputs();
    }

    @Override
    public void close() {
        backward.close();
    }
}
