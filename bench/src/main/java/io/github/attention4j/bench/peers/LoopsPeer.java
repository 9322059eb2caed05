package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.PlainContender;

/** Plain loops in Java on all processors: what anybody writes first. */
public final class LoopsPeer implements Peer {
    @Override
    public String version() {
        return "Java " + System.getProperty("java.version");
    }

    @Override
    public Contender prepare(Problem problem) {
        return new PlainContender(problem);
    }

    @Override
    public boolean takesOutput() {
        return true;
    }
}
