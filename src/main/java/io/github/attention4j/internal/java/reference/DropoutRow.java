package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Philox;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;

/** What the weights of a query's keys are multiplied by after the softmax. For one thread; a query after the other. */
final class DropoutRow {
    private final int heads;
    private final int threshold;
    private final double kept;

    /** Null without dropout. */
    private final Philox philox;

    private final boolean[] dropped;

    DropoutRow(AttentionSpec spec, Operands operands) {
        heads = spec.heads();
        threshold = spec.dropoutThreshold();
        kept = 1 / (1 - threshold / 65536.0);
        Rows state = operands.get(Operand.DROPOUT_STATE);
        philox = state == null ? null : new Philox(state.integers(Dropout.NUMBERS));
        dropped = new boolean[philox == null ? 0 : spec.keyLength()];
    }

    void start(Sequence sequence, int head, int query) {
        if (philox != null) {
            philox.drop(sequence.batch * heads + head, query, threshold, dropped, sequence.keys);
        }
    }

    double factor(int key) {
        return philox == null ? 1 : dropped[key] ? 0 : kept;
    }
}
