package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import java.util.ArrayList;
import java.util.List;

/** When keys are better read once for all query rows that see them, and with which tiles. Pure functions. */
final class DecodeHeuristics {
    /** Queries a head for which the decode kernels are made. */
    private static final int MOST_QUERIES = 16;

    private DecodeHeuristics() {}

    /**
     * The most queries a head for which decode kernels are taken. A CPU's forward kernel fills its vectors with the queries of one head; below
     * half of that, most of what it computes is thrown away.
     */
    static int mostQueries(Device device) {
        if (device.type() != Device.Type.CPU) {
            return MOST_QUERIES;
        }
        int queriesAtOnce = Heuristics.laneTiles(device).queryStep();
        return Math.min(MOST_QUERIES, queriesAtOnce / 2);
    }

    static List<Heuristics.Guess> guesses(AttentionSpec spec, Device device) {
        return lanes(spec, device);
    }

    /**
     * Tiles by the number of query rows that share a key/value head, in classes, so that few programs serve all lengths. Many rows take shorter
     * tiles, whose weights the second-level cache still holds.
     */
    private static List<Heuristics.Guess> lanes(AttentionSpec spec, Device device) {
        int lanes = Heuristics.laneTiles(device).lanes();
        long rows = (long) spec.queryLength() * spec.groupSize();
        int block = rows == 1 ? 1 : rows == 2 ? 2 : 4;
        int tile = rows <= 4 ? block : rows <= 16 ? 16 : rows <= 64 ? 64 : 128;
        int accumulators = lanes == 16 ? 24 : 12; // of 32 and 16 registers
        int keys = tile <= 16 ? 1024 : tile == 64 ? 256 : 128;
        List<Heuristics.Guess> guesses = new ArrayList<>();
        guesses.add(new Heuristics.Guess(
                new DecodeLanes(lanes, block, tile, keys, accumulators / block),
                rows + " query rows a key/value head, in blocks of " + block + ": " + accumulators + " accumulators of "
                        + lanes + " floats"));
        guesses.add(new Heuristics.Guess(
                new DecodeLanes(lanes, block, Math.min(tile, 16), 128, accumulators / block),
                "local memory holds " + Math.min(tile, 16) + " query rows"));
        guesses.add(
                new Heuristics.Guess(new DecodeLanes(lanes, block, block, lanes, 1), "smallest tiles: local memory"));
        return guesses;
    }
}
