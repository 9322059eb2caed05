package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Pass;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All contenders at one shape.
 *
 * @param rows one for each contender, in their order; at least one
 */
public record PeerResult(List<PeerRow> rows) {
    /** The fastest at a pass that is not the engine; empty if none was timed. */
    public Optional<PeerRow> best(Pass pass) {
        return rows.stream()
                .filter(row ->
                        row.isTimed() && !row.kind().isEngine() && row.kind().pass() == pass)
                .max(Comparator.comparingDouble(PeerRow::gflops));
    }

    /** Its GFLOP/s; NaN if none was timed. */
    public double bestPeer(Pass pass) {
        return best(pass).map(PeerRow::gflops).orElse(Double.NaN);
    }

    /** How many times as fast as the best peer of the same pass a row is; NaN if one of the two has no time. */
    public double overBestPeer(PeerRow row) {
        return row.gflops() / bestPeer(row.kind().pass());
    }

    /** What all of them computed. */
    String shape() {
        return Case.shape(rows.get(0).spec());
    }

    /** In a line: how fast each contender was. */
    public String line() {
        return rows.stream()
                .map(row ->
                        row.kind().name() + " " + (row.isTimed() ? Table.number("%.1f", row.gflops()) : row.status()))
                .collect(Collectors.joining(", ", "GFLOP/s: ", ""));
    }
}
