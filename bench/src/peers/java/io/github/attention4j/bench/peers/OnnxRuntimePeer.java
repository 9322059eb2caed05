package io.github.attention4j.bench.peers;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;

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
            OrtSession session = environment.createSession(operator.model(problem.spec()), options);
            return new OnnxContender(environment, session, operator, problem);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not take the model: " + e.getMessage(), e);
        }
    }
}
