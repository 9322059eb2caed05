package io.github.attention4j.bench.peers;

import java.util.List;

/**
 * All contenders at one shape.
 *
 * @param rows one for each contender, in their order; at least one
 */
public record PeerResult(List<PeerRow> rows) {
    /** GFLOP/s of the fastest that is not the engine; NaN if none was timed. */
    public double bestPeer() {
        return rows.stream()
                .filter(row -> row.isTimed() && !row.kind().isEngine())
                .mapToDouble(PeerRow::gflops)
                .max()
                .orElse(Double.NaN);
    }

    /** How many times as fast as the best peer a row is; NaN if one of the two has no time. */
    public double overBestPeer(PeerRow row) {
        return row.gflops() / bestPeer();
    }
}
