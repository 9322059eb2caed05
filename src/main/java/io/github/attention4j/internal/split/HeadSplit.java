package io.github.attention4j.internal.split;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.operand.Contents;
import io.github.attention4j.internal.operand.OperandTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a call whose arrays exceed the device's largest buffer into calls over fewer batch entries or heads. Heads are
 * independent, so the parts together are the same computation.
 */
public final class HeadSplit {
    private HeadSplit() {}

    /**
     * The parts, in order; one if everything fits.
     *
     * @param maxAllocation bytes of the largest buffer
     * @throws UnsupportedByDeviceException if one key/value head with its query heads does not fit
     */
    public static List<HeadRange> parts(AttentionSpec spec, long maxAllocation, Device device) {
        if (largestBytes(spec) <= maxAllocation) {
            return List.of(HeadRange.whole(spec));
        }
        if (!isPlain(spec)) {
            throw new UnsupportedByDeviceException(
                    "an operand needs a buffer of " + largestBytes(spec) + " bytes, but " + device.name() + " allows "
                            + maxAllocation
                            + ", and only calls with dense query, key, value, out and lse alone are split by themselves"
                            + "; split the batch or the heads into several calls, or use AttentionEngine.open(\"java\")",
                    device.describe());
        }
        AttentionSpec one = spec.withHeads(1, spec.groupSize(), 1);
        long largest = largestBytes(one);
        long kvHeads = maxAllocation / largest;
        if (kvHeads == 0) {
            throw new UnsupportedByDeviceException(
                    "one key/value head with its query heads needs a buffer of " + largest + " bytes, but "
                            + device.name()
                            + " allows " + maxAllocation
                            + "; split the query sequence into several calls, or use AttentionEngine.open(\"java\")",
                    device.describe());
        }
        List<HeadRange> parts = new ArrayList<>();
        if (kvHeads >= spec.kvHeads()) {
            int entries = (int) Math.min(spec.batch(), kvHeads / spec.kvHeads());
            for (int batch = 0; batch < spec.batch(); batch += entries) {
                int count = Math.min(entries, spec.batch() - batch);
                parts.add(new HeadRange(
                        spec.withHeads(count, spec.heads(), spec.kvHeads()),
                        (long) batch * spec.heads(),
                        (long) batch * spec.kvHeads(),
                        false));
            }
            return parts;
        }
        for (int batch = 0; batch < spec.batch(); batch++) {
            for (int kvHead = 0; kvHead < spec.kvHeads(); kvHead += (int) kvHeads) {
                int count = (int) Math.min(kvHeads, spec.kvHeads() - kvHead);
                parts.add(new HeadRange(
                        spec.withHeads(1, count * spec.groupSize(), count),
                        (long) batch * spec.heads() + (long) kvHead * spec.groupSize(),
                        (long) batch * spec.kvHeads() + kvHead,
                        false));
            }
        }
        return parts;
    }

    private static long largestBytes(AttentionSpec spec) {
        long largest = 0;
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                TensorSpec tensor = spec.operand(operand);
                largest = Math.max(largest, tensor.extent() * tensor.dtype().bytes());
            }
        }
        return largest;
    }

    /** Whether heads lie behind one another in every operand, so that some of them are one piece of each array. */
    private static boolean isPlain(AttentionSpec spec) {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)
                    && OperandTable.of(operand).contents() != Contents.DROPOUT_STATE
                    && (!OperandTable.of(operand).role().isOfHeads()
                            || !spec.operand(operand).isDense())) {
                return false;
            }
        }
        return spec.rotary() == null && spec.score() == null && spec.keep() == null; // they know the heads' numbers
    }
}
