package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Sizes;

/**
 * How the keys of a query row are shared out to work-groups.
 *
 * @param splits shares
 * @param keys keys of a share, counted from key 0 on; 0 for even shares of what a row sees
 */
public record KeySplit(int splits, int keys) {
    /** One work-group has all keys. */
    public static final KeySplit NONE = new KeySplit(1, 0);

    /** Work-groups for each compute unit: they even out shares of different length and late starts. */
    private static final int GROUPS_A_CORE = 4;
    /**
     * A unit of a GPU holds several groups at once. Of 2, 4 and 8 on an H100, 2 was 7 % faster for one sequence of
     * 65,536 keys and 34 % slower for eight of 4,096; 8 was slower for both.
     */
    private static final int GROUPS_A_GPU_UNIT = 4;
    /** A smaller share is not worth a group; as in {@code lib/common/split.clh}. */
    private static final int LEAST_KEYS = 256;
    /**
     * Of more keys than this, no work-group sums all if memory allows: a sum of so many floats loses digits, and from
     * 2^24 like ones on it stops growing. What is summed one after the other, of up to this many, is off by 0.4 % at
     * the very worst, where all terms are alike.
     */
    public static final int MOST_KEYS = 1 << 17;
    /** Keys of a share of more. */
    private static final int LONG_SHARE = 1 << 15;
    /**
     * Shares of up to {@link #MOST_KEYS} are made longer, and so fewer, where partial results take more than this;
     * beyond, where they take the other.
     */
    private static final long MUCH_MEMORY = 256L << 20;

    private static final long MOST_MEMORY = 1L << 30;
    /**
     * Of each partial result beside its output, and what rows of outputs are a multiple of; as in
     * {@code lib/common/split.clh}.
     */
    private static final int STATE = 4;
    /** Of all partial results: the host keeps them in rows of 1,024 floats, which it counts in 32 bits. */
    private static final long MOST_FLOATS = 1024L * (Integer.MAX_VALUE - 1);

    /**
     * The shares of a call: as the caller fixed them, or as many as the device needs to be busy.
     *
     * @param given keys of a share, or 0
     * @throws UnsupportedByDeviceException if the partial results of so many shares as were given do not fit a buffer
     */
    public static KeySplit of(AttentionSpec spec, TileConfig tiles, Device device, int given) {
        if (!tiles.areHeadsJoined()) {
            KeySplit split = ofLongRows(spec, device);
            split.requireMemory(spec, device, "fewer queries a call");
            return split;
        }
        if (given > 0) {
            KeySplit split = new KeySplit(Math.max(1, Sizes.ceilDiv(spec.keyLength(), given)), given);
            split.requireMemory(spec, device, "a larger splitSize than " + given);
            return split;
        }
        long rows = (long) spec.queryLength() * spec.groupSize();
        // Sequences with lengths of their own may all be short but one, and that one alone must keep the device busy.
        int alike = spec.has(Operand.KEY_LENGTHS) || spec.has(Operand.KEY_OFFSETS) ? 1 : spec.batch();
        long groups = Sizes.times((rows + tiles.tileQ() - 1) / tiles.tileQ(), Sizes.times(spec.kvHeads(), alike));
        long wanted =
                (device.type() == Device.Type.CPU ? GROUPS_A_CORE : (long) GROUPS_A_GPU_UNIT) * device.computeUnits();
        long splits = Math.min((wanted - 1) / groups + 1, Sizes.ceilDiv(spec.keyLength(), LEAST_KEYS));
        while (splits > 1 && !new KeySplit((int) splits, 0).fits(spec, device)) {
            splits /= 2;
        }
        int least = ofLongRows(spec, device).splits;
        if (splits < least) {
            KeySplit split = new KeySplit(least, 0);
            split.requireMemory(spec, device, "fewer queries a call");
            return split;
        }
        return splits <= 1 ? NONE : new KeySplit((int) splits, 0);
    }

    /**
     * The shares of a kernel that would have all keys of a row in one work-group, if that were not too many to sum: as
     * short as memory for partial results allows, and never longer than {@link Sizes#MOST_OF_SHARE}.
     */
    public static KeySplit ofLongRows(AttentionSpec spec, Device device) {
        if (!areRowsLong(spec)) {
            return NONE;
        }
        int keys = LONG_SHARE;
        KeySplit split = new KeySplit(Sizes.ceilDiv(spec.keyLength(), keys), keys);
        while (keys < Sizes.MOST_OF_SHARE && split.partialBytes(spec) > split.memory(device)) {
            keys *= 2;
            split = new KeySplit(Sizes.ceilDiv(spec.keyLength(), keys), keys);
        }
        return split;
    }

    /** Whether rows are so long that kernels must be able to share keys out. */
    public static boolean areRowsLong(AttentionSpec spec) {
        return spec.keyLength() > MOST_KEYS;
    }

    /** What partial results of shares of this length may take. */
    private long memory(Device device) {
        return keys < MOST_KEYS ? MUCH_MEMORY : Math.min(device.maxAllocation(), MOST_MEMORY);
    }

    private void requireMemory(AttentionSpec spec, Device device, String wayOut) {
        if (!isWhole() && !fits(spec, device)) {
            throw new UnsupportedByDeviceException(
                    "keyLength=" + spec.keyLength() + " is shared out in " + splits + " shares of up to "
                            + (keys > 0 ? keys : Sizes.ceilDiv(spec.keyLength(), splits))
                            + " keys, whose partial results need "
                            + partialBytes(spec) + " bytes, " + Float.BYTES * rowFloats(spec)
                            + " for each row of queries, but "
                            + device.name() + " allows " + Math.min(device.maxAllocation(), Float.BYTES * MOST_FLOATS)
                            + " and kernels " + Float.BYTES * (long) Integer.MAX_VALUE + " for a row; use " + wayOut,
                    device.describe());
        }
    }

    /** Whether groups with all keys write the result themselves, so that there are no partial results. */
    public boolean isWhole() {
        return splits == 1 && keys == 0;
    }

    /** Bytes of the partial results of a call. */
    public long partialBytes(AttentionSpec spec) {
        long rows = Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), 1);
        return Sizes.times(Float.BYTES, Sizes.times(rows, rowFloats(spec)));
    }

    /** What all shares know about one row, of which a kernel counts the floats in 32 bits. */
    private long rowFloats(AttentionSpec spec) {
        return splits * (STATE + Sizes.ceilDiv(spec.valueDim(), 4) * 4L);
    }

    private boolean fits(AttentionSpec spec, Device device) {
        return rowFloats(spec) <= Integer.MAX_VALUE
                && partialBytes(spec) <= Math.min(device.maxAllocation(), Float.BYTES * MOST_FLOATS);
    }

    /** For people: {@code "7 shares of the keys"}. */
    public String describe() {
        return keys > 0
                ? splits + " shares of " + keys + " keys"
                : isWhole() ? "all keys in one work-group" : splits + " even shares of the keys";
    }
}
