package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.PlainGradientLoops;
import io.github.attention4j.bench.run.PlainLoops;

/** Plain loops in Java on all processors: what anybody writes first. */
public final class LoopsPeer implements Peer {
    @Override
    public String version() {
        return "Java " + System.getProperty("java.version");
    }

    @Override
    public Contender prepare(Case problem) {
        return new PlainLoops(problem);
    }

    @Override
    public Contender prepareGradients(Case problem, Pass pass) {
        return new PlainGradientLoops(problem);
    }

    @Override
    public boolean takesOutput() {
        return true;
    }
}
