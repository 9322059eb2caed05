package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Resident;
import io.github.attention4j.testing.Budget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All contenders at one shape: each in a process of its own, checked, then timed in turns. */
public final class ShapeRun {
    private final PeerPace pace;
    private final Runnable afterStep;

    /**
     * Keeps what it needs.
     *
     * @param afterStep is called after each contender's preparation and after each round: {@link #steps} times
     */
    public ShapeRun(PeerPace pace, Runnable afterStep) {
        this.pace = pace;
        this.afterStep = afterStep;
    }

    /** How many steps a shape takes. */
    public static int steps(int kinds, int rounds) {
        return kinds + rounds;
    }

    /** Runs it; no process is left behind. */
    public PeerResult run(List<PeerKind> kinds, AttentionSpec spec) throws IOException {
        Budget budget = null;
        Budget bf16 = null;
        for (PeerKind kind : kinds) {
            if (kind.isBf16() && bf16 == null) {
                bf16 = Case.random("peers", spec.toBuilder().types(DType.BF16).build())
                        .budget();
            } else if (!kind.isBf16() && budget == null) {
                budget = Case.random("peers", spec).budget();
            }
        }
        List<RunningPeer> peers = new ArrayList<>();
        try {
            StartCheck check = new StartCheck();
            for (PeerKind kind : kinds) {
                String obstacle = check.obstacle(kind, spec, Resident.available());
                RunningPeer peer = new RunningPeer(kind, spec);
                peers.add(peer);
                if (obstacle.isEmpty()) {
                    peer.prepare(kind.isBf16() ? bf16 : budget, pace.warmUpShare() * kind.warmUpMillis());
                } else {
                    peer.end(Status.SKIPPED, obstacle);
                }
                afterStep.run();
            }
            TimingRounds.take(peers, pace, afterStep);
            return new PeerResult(peers.stream().map(RunningPeer::row).toList());
        } finally {
            peers.forEach(RunningPeer::close);
        }
    }
}
