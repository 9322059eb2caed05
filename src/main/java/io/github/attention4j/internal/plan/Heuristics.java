package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import java.util.ArrayList;
import java.util.List;

/** Tiles for a device that nobody has tuned. Pure functions; each branch says what limited it. */
public final class Heuristics {
    /** Bytes of keys and values that a large GPU's second-level cache holds beside the rest. */
    private static final long CACHE = 32L << 20;

    private Heuristics() {}

    /**
     * A guess.
     *
     * @param tiles the configuration
     * @param reason what it follows from
     */
    public record Guess(TileConfig tiles, String reason) {}

    /** Configurations to try, best first; the caller asks {@link TileConfig#obstacle}. */
    public static List<Guess> guesses(KernelFamily family, AttentionSpec spec, Device device) {
        return switch (family) {
            case LANES -> lanes(device);
            case TILES -> GroupGuesses.of(spec, device);
            case MATRIX -> MatrixHeuristics.guesses(MatrixUnit.of(device), spec);
            case DECODE -> DecodeHeuristics.guesses(spec, device);
            case JAVA, REFERENCE -> List.of();
        };
    }

    /** The best tiles for a CPU if nothing limits them. */
    static LaneTiles laneTiles(Device device) {
        int lanes = device.vectorWidth() >= 16 ? 16 : device.vectorWidth() >= 8 ? 8 : 4;
        // 32 registers: 16 accumulators, 2 query vectors and a broadcast. Other shares of them, 4 x 4 and 16 x 1, are
        // within 2 %
        // without a mask (PoCL 3.1 on Zen 4); under a causal one, half a block of 64 queries wastes up to 6 % more than
        // one of 32.
        return lanes == 16 ? new LaneTiles(16, 2, 4, 128, 8, 8) : new LaneTiles(lanes, 2, 4, 126, 6, 6);
    }

    private static List<Guess> lanes(Device device) {
        LaneTiles best = laneTiles(device);
        int lanes = best.lanes();
        List<Guess> guesses = new ArrayList<>();
        guesses.add(new Guess(
                best,
                lanes + " floats a vector: "
                        + (lanes == 16 ? "8 x 2 accumulators in 32 registers" : "6 x 2 accumulators in 16 registers")));
        for (int blocks = 2; blocks >= 1; blocks--) {
            guesses.add(new Guess(
                    new LaneTiles(lanes, 2, blocks, 24, 6, 6),
                    "local memory holds " + blocks + " blocks of " + 2 * lanes + " queries"));
        }
        guesses.add(new Guess(new LaneTiles(lanes, 1, 1, 6, 6, 6), "smallest tiles: local memory"));
        return guesses;
    }

    /**
     * Queries a work-group should own: full tiles, unless that would leave compute units without work; a run-time value, so a short
     * problem runs the same program.
     */
    public static int groupQueries(AttentionSpec spec, TileConfig tiles, Device device) {
        int step = tiles.queryStep();
        int full = tiles.tileQ();
        long heads = (long) spec.batch() * spec.heads();
        // So many groups for each compute unit even out groups of different length (a causal mask), late starts, and
        // what a driver
        // deals out at a time: PoCL gives a core half of what is left for it. 12 heads of 64 queries were 1.05 times as
        // fast
        // in 24 groups as in 12, of 512 queries 1.02 times in 96 as in 48, and more did no harm (PoCL 3.1, two cores of
        // Zen 4).
        // Where each group brings keys and values into local memory first, that must be worth its while.
        boolean staged = LaneTiles.areKeysStaged(spec) || LaneTiles.areValuesStaged(spec);
        long wanted = (staged ? 4L : 32L) * device.computeUnits();
        int queries = full;
        while (queries > step && heads * ceilDiv(spec.queryLength(), queries) < wanted) {
            queries = ceilDiv(queries / 2, step) * step;
        }
        return queries;
    }

    /**
     * Whether the work-groups of all heads take turns, so that those with most keys start first. Only where groups have unlike numbers of keys, and
     * if the second-level cache holds the keys and values of all heads together: else each head has it for itself.
     */
    public static boolean headsTakeTurns(AttentionSpec spec, TileConfig tiles) {
        boolean knowHow = tiles.family() == KernelFamily.TILES || tiles.family() == KernelFamily.MATRIX;
        int bytes = Math.max(Short.BYTES, spec.operand(Operand.KEY).dtype().bytes());
        long columns = (long) spec.headDim() + spec.valueDim();
        return knowHow
                && spec.mask().isBounded()
                && spec.kvHeads() * (long) spec.keyLength() * columns * bytes <= CACHE;
    }

    static int ceilDiv(int a, int b) {
        return (int) ((a + (long) b - 1) / b);
    }
}
