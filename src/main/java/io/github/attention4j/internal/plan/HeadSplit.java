package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.UnsupportedByDeviceException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a call whose arrays exceed the device's largest buffer into calls over fewer batch entries or heads. Heads are independent, so the
 * parts together are the same computation.
 */
public final class HeadSplit {
    private HeadSplit() {}

    /**
     * A part of a call.
     *
     * @param spec what it computes
     * @param firstHead its first query head, counted over the batch: batch entry * heads + head
     * @param firstKvHead its first key/value head, likewise
     */
    public record Part(AttentionSpec spec, long firstHead, long firstKvHead) {}

    /**
     * The parts, in order; one if everything fits.
     *
     * @param maxAllocation bytes of the largest buffer
     * @throws UnsupportedByDeviceException if one key/value head with its query heads does not fit
     */
    public static List<Part> parts(AttentionSpec spec, long maxAllocation, Device device) {
        AttentionSpec one = spec.withHeads(1, spec.groupSize(), 1);
        long largest = Float.BYTES
                * Math.max(
                        Math.max(one.queryElements(), one.outElements()),
                        Math.max(one.keyElements(), one.valueElements()));
        long kvHeads = maxAllocation / largest;
        if (kvHeads == 0) {
            throw new UnsupportedByDeviceException(
                    "one key/value head with its query heads needs a buffer of " + largest + " bytes, but "
                            + device.name()
                            + " allows " + maxAllocation
                            + "; split the query sequence into several calls, or use AttentionEngine.open(\"java\")",
                    device.describe());
        }
        List<Part> parts = new ArrayList<>();
        if (kvHeads >= spec.kvHeads()) {
            int entries = (int) Math.min(spec.batch(), kvHeads / spec.kvHeads());
            for (int batch = 0; batch < spec.batch(); batch += entries) {
                int count = Math.min(entries, spec.batch() - batch);
                parts.add(new Part(
                        spec.withHeads(count, spec.heads(), spec.kvHeads()),
                        (long) batch * spec.heads(),
                        (long) batch * spec.kvHeads()));
            }
            return parts;
        }
        for (int batch = 0; batch < spec.batch(); batch++) {
            for (int kvHead = 0; kvHead < spec.kvHeads(); kvHead += (int) kvHeads) {
                int count = (int) Math.min(kvHeads, spec.kvHeads() - kvHead);
                parts.add(new Part(
                        spec.withHeads(1, count * spec.groupSize(), count),
                        (long) batch * spec.heads() + (long) kvHead * spec.groupSize(),
                        (long) batch * spec.kvHeads() + kvHead));
            }
        }
        return parts;
    }
}
