package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.EngineGradients;
import io.github.attention4j.bench.run.Pass;

/** This project's engine on one device. */
public final class EnginePeer implements Peer {
    private final AttentionEngine engine;
    private final DType type;

    /**
     * Opens the engine.
     *
     * @param argument a device, and {@link PeerKind#BF16} behind it if all tensors are to be of that type
     */
    public EnginePeer(String argument) {
        engine = AttentionEngine.open(argument.split(" ")[0]);
        type = argument.endsWith(PeerKind.BF16) ? DType.BF16 : DType.F32;
    }

    @Override
    public String version() {
        return "attention4j on " + engine.device().name();
    }

    @Override
    public Contender prepare(Case problem) {
        return new EngineContender(engine, typed(problem));
    }

    @Override
    public Contender prepareGradients(Case problem, Pass pass) {
        return new EngineGradients(engine, typed(problem).withGradOut(), pass);
    }

    private Case typed(Case problem) {
        AttentionSpec spec = problem.spec().toBuilder().types(type).build();
        return Case.random(problem.name(), spec);
    }

    @Override
    public boolean takesOutput() {
        return false;
    }

    @Override
    public void close() {
        engine.close();
    }
}
