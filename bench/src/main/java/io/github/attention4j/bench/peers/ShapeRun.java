package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Resident;
import io.github.attention4j.testing.Budget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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
        Map<DType, Budget> budgets = new EnumMap<>(DType.class);
        List<RunningPeer> peers = new ArrayList<>();
        try {
            StartCheck check = new StartCheck();
            for (PeerKind kind : kinds) {
                Budget budget = budgets.computeIfAbsent(kind.isBf16() ? DType.BF16 : DType.F32, type -> Case.random(
                                "peers", spec.toBuilder().types(type).build())
                        .budget());
                String obstacle = check.obstacle(kind, spec, Resident.available());
                RunningPeer peer = new RunningPeer(kind, spec);
                peers.add(peer);
                if (obstacle.isEmpty()) {
                    peer.prepare(budget, pace.warmUpShare() * kind.warmUpMillis());
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
