package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.run.Resident;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All contenders at one shape: each in a process of its own, checked, then timed in turns.
 *
 * @param afterStep is called after each contender's preparation and after each round: {@link #steps} times
 */
public record ShapeRun(TimingRounds pace, Runnable afterStep) {
    /** How many steps a shape takes. */
    public static int steps(int kinds, int rounds) {
        return kinds + rounds;
    }

    /** Runs it; no process is left behind. */
    public PeerResult run(List<PeerKind> kinds, AttentionSpec spec) throws IOException {
        Judge judge = new Judge(spec);
        List<RunningPeer> peers = new ArrayList<>();
        try {
            StartCheck check = new StartCheck();
            for (PeerKind kind : kinds) {
                String obstacle = check.obstacle(kind, spec, Resident.available());
                RunningPeer peer = new RunningPeer(kind, spec);
                peers.add(peer);
                if (obstacle.isEmpty()) {
                    peer.prepare(judge, pace.warmUpShare() * kind.warmUpMillis());
                } else {
                    peer.end(Status.SKIPPED, obstacle);
                }
                afterStep.run();
            }
            pace.take(peers, afterStep);
            return new PeerResult(peers.stream().map(RunningPeer::row).toList());
        } finally {
            peers.forEach(RunningPeer::close);
        }
    }
}
