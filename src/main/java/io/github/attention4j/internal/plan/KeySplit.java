package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.UnsupportedByDeviceException;

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
     * A unit of a GPU holds several groups at once. Of 2, 4 and 8 on an H100, 2 was 7 % faster for one sequence of 65,536 keys and 34 % slower for
     * eight of 4,096; 8 was slower for both.
     */
    private static final int GROUPS_A_GPU_UNIT = 4;
    /** A smaller share is not worth a group; as in {@code lib/split.clh}. */
    private static final int LEAST_KEYS = 256;
    /**
     * Of more keys than this, no work-group sums all: a sum of so many floats loses digits, and from 2^24 like ones on it stops growing. What
     * is summed one after the other, of up to this many, is off by 0.4 % at the very worst, where all terms are alike.
     */
    static final int MOST_KEYS = 1 << 17;
    /** Keys of a share of more. */
    private static final int LONG_SHARE = 1 << 15;
    /** Above this, shares of {@link #MOST_KEYS} must do, of which there are fewer. */
    private static final long MUCH_MEMORY = 256L << 20;
    /** Of each partial result beside its output, and what rows of outputs are a multiple of; as in {@code lib/split.clh}. */
    private static final int STATE = 4;

    /**
     * The shares of a call: as the caller fixed them, or as many as the device needs to be busy.
     *
     * @param given keys of a share, or 0
     * @throws UnsupportedByDeviceException if the partial results of so many shares as were given do not fit a buffer
     */
    static KeySplit of(AttentionSpec spec, TileConfig tiles, Device device, int given) {
        if (tiles.family() != KernelFamily.DECODE) {
            KeySplit split = ofLongRows(spec);
            requireMemory(split, spec, device, "fewer queries a call");
            return split;
        }
        if (given > 0) {
            KeySplit split = new KeySplit(Math.max(1, ceilDiv(spec.keyLength(), given)), given);
            requireMemory(split, spec, device, "a larger splitSize than " + given);
            return split;
        }
        long rows = (long) spec.queryLength() * spec.groupSize();
        // Sequences with lengths of their own may all be short but one, and that one alone must keep the device busy.
        int alike = spec.has(Operand.KEY_LENGTHS) || spec.has(Operand.KEY_OFFSETS) ? 1 : spec.batch();
        long groups = (rows + tiles.tileQ() - 1) / tiles.tileQ() * spec.kvHeads() * alike;
        long wanted =
                (device.type() == Device.Type.CPU ? GROUPS_A_CORE : (long) GROUPS_A_GPU_UNIT) * device.computeUnits();
        long splits = Math.min((wanted + groups - 1) / groups, ceilDiv(spec.keyLength(), LEAST_KEYS));
        while (splits > 1 && new KeySplit((int) splits, 0).partialBytes(spec) > device.maxAllocation()) {
            splits /= 2;
        }
        int least = ofLongRows(spec).splits;
        if (splits < least) {
            KeySplit split = new KeySplit(least, 0);
            requireMemory(split, spec, device, "fewer queries a call");
            return split;
        }
        return splits <= 1 ? NONE : new KeySplit((int) splits, 0);
    }

    /** The shares of a kernel that would have all keys of a row in one work-group, if that were not too many to sum. */
    static KeySplit ofLongRows(AttentionSpec spec) {
        if (spec.keyLength() <= MOST_KEYS) {
            return NONE;
        }
        KeySplit split = new KeySplit(ceilDiv(spec.keyLength(), LONG_SHARE), LONG_SHARE);
        return split.partialBytes(spec) <= MUCH_MEMORY
                ? split
                : new KeySplit(ceilDiv(spec.keyLength(), MOST_KEYS), MOST_KEYS);
    }

    private static void requireMemory(KeySplit split, AttentionSpec spec, Device device, String wayOut) {
        if (!split.isWhole() && split.partialBytes(spec) > device.maxAllocation()) {
            throw new UnsupportedByDeviceException(
                    "keyLength=" + spec.keyLength() + " is shared out in " + split.splits + " shares of up to "
                            + (split.keys > 0 ? split.keys : ceilDiv(spec.keyLength(), split.splits))
                            + " keys, whose partial results need " + split.partialBytes(spec) + " bytes, but "
                            + device.name() + " allows " + device.maxAllocation() + "; use " + wayOut,
                    device.describe());
        }
    }

    /** Whether groups with all keys write the result themselves, so that there are no partial results. */
    public boolean isWhole() {
        return splits == 1 && keys == 0;
    }

    /** Bytes of the partial results of a call. */
    public long partialBytes(AttentionSpec spec) {
        long rows = (long) spec.batch() * spec.heads() * spec.queryLength();
        return Float.BYTES * rows * splits * (STATE + ceilDiv(spec.valueDim(), 4) * 4L);
    }

    /** For people: {@code "7 shares of the keys"}. */
    String describe() {
        return keys > 0
                ? splits + " shares of " + keys + " keys, as EngineOptions.withSplitSize says"
                : isWhole() ? "all keys in one work-group" : splits + " even shares of the keys";
    }

    private static int ceilDiv(int a, int b) {
        return (int) ((a + (long) b - 1) / b);
    }
}
