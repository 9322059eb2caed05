package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;

/** Which keys a query row sees: those from 0 up to an end of its own. Whole tiles of keys are skipped or taken by asking here. */
final class VisibleKeys {
    private final int keyLength;
    private final boolean causal;
    private final int offset;

    VisibleKeys(AttentionSpec spec) {
        keyLength = spec.keyLength();
        causal = spec.mask().right() == 0;
        offset = spec.mask().alignment() == Mask.Alignment.BOTTOM_RIGHT ? keyLength - spec.queryLength() : 0;
    }

    /** How many keys the row sees, counted from key 0; never less than 0 or more than there are. Grows with the row. */
    int end(int row) {
        return causal ? (int) Math.max(0, Math.min(keyLength, row + offset + 1L)) : keyLength;
    }
}
