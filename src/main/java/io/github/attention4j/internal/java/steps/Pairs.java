package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import java.util.Arrays;

/**
 * Inputs with an element for each pair of query and key: a bias that is added to the score, and a mask that keeps the
 * pair or hides it, as a function may. They become one term of the score; −∞ hides the pair, whatever its score is. For
 * one thread.
 */
final class Pairs {
    private final Rows bias;
    private final Rows keepMask;

    /** A row of the mask. */
    private final float[] kept;

    /** Null if there is none. */
    private final RowFunction keep;

    private Sequence sequence;
    private int head;

    private Pairs(Rows bias, Rows keepMask, RowFunction keep, int keys) {
        this.keep = keep;
        this.bias = bias;
        this.keepMask = keepMask;
        kept = keepMask == null ? null : new float[keys];
    }

    /**
     * Those of a call, or null if it has none; terms of {@code keys} keys are the most that will be asked for at once.
     */
    static Pairs of(AttentionSpec spec, Operands operands, int keys) {
        Rows bias = operands.get(Operand.BIAS);
        Rows keepMask = operands.get(Operand.KEEP_MASK);
        RowFunction keep = RowFunction.of(spec.keep(), spec, operands);
        return bias == null && keepMask == null && keep == null ? null : new Pairs(bias, keepMask, keep, keys);
    }

    /** Begins with a head of a batch entry. */
    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        if (keep != null) {
            keep.start(sequence, head);
        }
    }

    /** Whether all queries of a head have the same terms. */
    boolean areAlike() {
        return keep == null && (bias == null || bias.rowStride == 0) && (keepMask == null || keepMask.rowStride == 0);
    }

    /** Whether there is a bias or a keep-mask. */
    boolean hasTensors() {
        return bias != null || keepMask != null;
    }

    /** Whether a function hides pairs. */
    boolean hasFunction() {
        return keep != null;
    }

    /** Fills in the terms of a query and the keys from {@code firstKey} on. */
    void read(int query, int firstKey, float[] terms, int keys) {
        readTensors(query, firstKey, terms, keys);
        if (keep != null) {
            hide(new RowFunction.Pairs(query, firstKey, 1, keys, true), terms);
        }
    }

    /** Likewise, but for what a function hides. */
    void readTensors(int query, int firstKey, float[] terms, int keys) {
        if (bias != null) {
            bias.read(bias.at(sequence.batch, head, query), firstKey, terms, 0, keys);
        } else if (keepMask == null) {
            Arrays.fill(terms, 0, keys, 0);
        }
        if (keepMask != null) {
            keepMask.read(keepMask.at(sequence.batch, head, query), firstKey, kept, 0, keys);
            if (bias == null) {
                keep(kept, terms, keys);
            } else {
                hide(kept, terms, keys);
            }
        }
    }

    /** Hides by the function, of terms of these pairs in their order; whether any of them is kept. */
    boolean hide(RowFunction.Pairs pairs, float[] terms) {
        keep.compute(null, 0, pairs);
        int[] kept = keep.truths();
        int any = 0;
        for (int i = 0; i < pairs.count(); i++) {
            terms[i] = kept[i] == 0 ? Float.NEGATIVE_INFINITY : terms[i];
            any |= kept[i];
        }
        return any != 0;
    }

    private static void keep(float[] kept, float[] terms, int keys) {
        for (int j = 0; j < keys; j++) {
            terms[j] = kept[j] == 0 ? Float.NEGATIVE_INFINITY : 0;
        }
    }

    private static void hide(float[] kept, float[] terms, int keys) {
        for (int j = 0; j < keys; j++) {
            terms[j] = kept[j] == 0 ? Float.NEGATIVE_INFINITY : terms[j];
        }
    }
}
