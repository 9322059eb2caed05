package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.EngineContender;

/** This project's engine on one device. */
public final class EnginePeer implements Peer {
    private final AttentionEngine engine;

    /** Opens the engine. */
    public EnginePeer(String device) {
        engine = AttentionEngine.open(device);
    }

    @Override
    public String version() {
        return "attention4j on " + engine.device().name();
    }

    @Override
    public Contender prepare(Problem problem) {
        return new EngineContender(engine, problem);
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
