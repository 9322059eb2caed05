package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.family.RowLayout;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.List;

/** Which work-groups a call has, and the launches of its kernels in their order. Pure functions. */
public final class Geometry {
    /** Bytes of keys and values that a large GPU's second-level cache holds beside the rest. */
    private static final long CACHE = 32L << 20;

    private Geometry() {}

    /**
     * Queries a work-group should own: full tiles, unless that would leave compute units without work; a run-time
     * value, so a short problem runs the same program. Where heads are joined, a tile of query rows.
     */
    public static int groupQueries(AttentionSpec spec, TileConfig tiles, Device device) {
        int step = tiles.queryStep();
        int full = tiles.tileQ();
        if (tiles.areHeadsJoined() || spec.isBackward()) {
            return full;
        }
        long heads = (long) spec.batch() * spec.heads();
        // So many groups for each compute unit even out groups of different length (a causal mask), late starts, and
        // what a driver deals out at a time: PoCL gives a core half of what is left for it. 12 heads of 64 queries
        // were 1.05 times as fast in 24 groups as in 12, of 512 queries 1.02 times in 96 as in 48, and more did no
        // harm (PoCL 3.1, two cores of Zen 4). Where each group brings keys and values into local memory first, that
        // must be worth its while.
        boolean staged = RowLayout.areKeysStaged(spec) || RowLayout.areValuesStaged(spec);
        long wanted = (staged ? 4L : 32L) * device.computeUnits();
        int queries = full;
        while (queries > step && heads * Sizes.ceilDiv(spec.queryLength(), queries) < wanted) {
            queries = Sizes.ceilDiv(queries / 2, step) * step;
        }
        return queries;
    }

    /**
     * Whether the work-groups of all heads take turns, so that those with most keys start first. Only where groups have
     * unlike numbers of keys, and if the second-level cache holds the keys and values of all heads together: else each
     * head has it for itself.
     */
    static boolean headsTakeTurns(AttentionSpec spec, TileConfig tiles) {
        return tiles.canHeadsTakeTurns()
                && (spec.mask().isBounded() || spec.has(Operand.BLOCK_MASK))
                && spec.kvHeads()
                                * (long) spec.keyLength()
                                * (rowBytes(spec, Operand.KEY) + rowBytes(spec, Operand.VALUE))
                        <= CACHE;
    }

    private static long rowBytes(AttentionSpec spec, Operand operand) {
        TensorSpec rows = spec.operand(operand);
        return (long) rows.rowUnits() * rows.dtype().bytes();
    }

    /**
     * The kernels of a call: the scores if they are asked for, attention, and what joins its partial results if there
     * are any.
     */
    static List<Launch> launches(
            AttentionSpec spec,
            Device device,
            TileConfig tiles,
            KernelOptions attention,
            int groupQueries,
            KeySplit split) {
        if (spec.isBackward()) {
            return GradientLaunches.of(spec, device, tiles);
        }
        List<Launch> launches = new ArrayList<>();
        if (spec.scoreStage() != null) {
            int items = tiles.workItems() == 1 ? 1 : RowGroups.shared(device);
            launches.add(RowGroups.ofQueries(spec, KernelOptions.scores(spec, items), items, false));
        }
        boolean joined = tiles.areHeadsJoined();
        long rows = (long) spec.queryLength() * (joined ? spec.groupSize() : 1);
        long groups = (rows + groupQueries - 1L) / groupQueries * split.splits();
        long heads = joined ? spec.kvHeads() : spec.heads();
        boolean turns = headsTakeTurns(spec, tiles);
        launches.addAll(tiles.launchesBefore(spec));
        long x = turns ? heads : groups;
        long y = turns ? groups : heads;
        boolean takesPartials = joined || !split.isWhole() || tiles.scratchBytes(spec) > 0;
        launches.add(new Launch(attention, x, y, spec.batch(), tiles.workItems(), takesPartials));
        tiles.fallback(spec, device)
                .ifPresent(left -> launches.add(
                        new Launch(left.kernelOfFallback(spec), x, y, spec.batch(), left.workItems(), true)));
        if (!split.isWhole()) {
            int items = RowGroups.items(device);
            launches.add(RowGroups.ofQueries(
                    spec, KernelOptions.combine(spec, tiles.mayRoundWeights(), items), items, true));
        }
        return List.copyOf(launches);
    }
}
