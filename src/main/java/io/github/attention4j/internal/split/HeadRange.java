package io.github.attention4j.internal.split;

import io.github.attention4j.AttentionSpec;

/**
 * Some of the heads of a call.
 *
 * @param spec the call for these alone
 * @param firstHead the first query head, counted over the batch: batch entry * heads + head
 * @param firstKvHead the first key/value head, likewise
 * @param isWhole whether they are all
 */
public record HeadRange(AttentionSpec spec, long firstHead, long firstKvHead, boolean isWhole) {
    static HeadRange whole(AttentionSpec spec) {
        return new HeadRange(spec, 0, 0, true);
    }
}
