package io.github.attention4j.bench.speed;

import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One shape: the engine on each device beside the best of the others.
 *
 * @param result all contenders
 * @param pass what of them is compared
 */
record SpeedRow(PeerResult result, Pass pass) {
    /** A row for each pass of the engine. */
    static List<SpeedRow> of(PeerResult result) {
        return result.rows().stream()
                .map(PeerRow::kind)
                .filter(PeerKind::isEngine)
                .map(PeerKind::pass)
                .distinct()
                .map(pass -> new SpeedRow(result, pass))
                .toList();
    }

    /** {@code "1x16x2048x2048x64 causal"}. */
    String shape() {
        return Case.shape(result.rows().get(0).spec());
    }

    /** The engine on a device. */
    Optional<PeerRow> ours(String device) {
        return result.rows().stream()
                .filter(row -> row.kind().isEngine()
                        && row.kind().pass() == pass
                        && row.kind().device().equals(device))
                .findFirst();
    }

    private double ours(String device, ToDoubleFunction<PeerRow> value) {
        return ours(device).stream().mapToDouble(value).findFirst().orElse(Double.NaN);
    }

    /**
     * How many times as fast as the best of the others the engine is on a device; NaN if one of the two has no time.
     */
    double overBest(String device) {
        return ours(device, result::overBestPeer);
    }

    /** Why the engine has no time on one device or another; empty if it has. */
    private String notes(List<String> devices) {
        List<String> notes = new ArrayList<>();
        for (String device : devices) {
            ours(device)
                    .filter(row -> !row.isTimed())
                    .ifPresent(row -> notes.add(device + " " + row.status() + ": " + row.reason()));
        }
        return String.join("; ", notes);
    }

    /** A line for each row, with columns for each device. */
    static Table<SpeedRow> table(List<SpeedRow> rows, List<String> devices, Limits limits) {
        Table<SpeedRow> table = new Table<SpeedRow>().words("shape", "shape", SpeedRow::shape);
        if (rows.stream().map(SpeedRow::pass).distinct().count() > 1) {
            table.words("pass", "pass", row -> row.pass().toString());
        }
        for (String device : devices) {
            table.words(device + " by", device + " by", row -> row.ours(device)
                            .map(PeerRow::way)
                            .orElse(""))
                    .millis(
                            "ms",
                            device + " medianMs",
                            row -> row.ours(device, one -> one.samples().medianMillis()))
                    .number("GFLOP/s", device + " gflops", "%.1f", row -> row.ours(device, PeerRow::gflops))
                    .number("of multiply-adds", device + " shareOfPeak", "%.2f", row -> row.ours(device, limits::share))
                    .number("of its unit", device + " shareOfUnit", "%.2f", row -> row.ours(device, limits::unitShare))
                    .number("x best", device + " overBest", "%.2f", row -> row.overBest(device));
        }
        return table.words(
                        "best library",
                        "best",
                        row -> row.best(one -> one.kind().name()))
                .words("by", "bestBy", row -> row.best(PeerRow::way))
                .number("GFLOP/s", "bestGflops", "%.1f", row -> row.result().bestPeer(row.pass()))
                .words("", "note", row -> row.notes(devices))
                .add(rows);
    }

    private String best(Function<PeerRow, String> text) {
        return result.best(pass).map(text).orElse("-");
    }
}
