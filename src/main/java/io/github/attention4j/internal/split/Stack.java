package io.github.attention4j.internal.split;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;

/**
 * Several calls of one spec as one, their arrays one behind the other along the batch: entries of a batch are
 * independent, so this is the same computation.
 *
 * @param one how one of the calls is computed
 * @param all how all are
 * @param calls how many they are
 */
public record Stack(AttentionPlan one, AttentionPlan all, int calls) {
    private static final Operand[] OPERANDS = Operand.values();

    /** The spec of so many calls as one, or null if they cannot be stacked: it is the same for any number of them. */
    public static AttentionSpec spec(AttentionSpec one, int calls) {
        if (knowsItsPlace(one)) {
            return null;
        }
        for (Operand operand : OPERANDS) {
            if (one.has(operand) && !one.operand(operand).isDense()) {
                return null;
            }
        }
        AttentionSpec all = one.withHeads(Math.multiplyExact(one.batch(), calls), one.heads(), one.kvHeads());
        for (Operand operand : OPERANDS) {
            if (one.has(operand) && !grows(one, all, operand, calls) && !isShared(one, all, operand)) {
                return null;
            }
        }
        return all;
    }

    /**
     * Whether an entry of the batch is not computed alike wherever it is: what dropout drops and functions see goes by
     * its number, ragged entries lie where offsets say, paged ones where a table does.
     */
    private static boolean knowsItsPlace(AttentionSpec spec) {
        return spec.dropout() > 0
                || spec.score() != null
                || spec.keep() != null
                || spec.has(Operand.QUERY_OFFSETS)
                || spec.has(Operand.KEY_OFFSETS)
                || spec.isPaged();
    }

    private static boolean grows(AttentionSpec one, AttentionSpec all, Operand operand, int calls) {
        TensorSpec single = one.operand(operand);
        TensorSpec stacked = all.operand(operand);
        return stacked.isDense()
                && stacked.batch() == calls * single.batch()
                && stacked.extent() == calls * single.extent();
    }

    /** Whether an operand of the stack is that of a call, which must then be the same in all of them. */
    public static boolean isShared(AttentionSpec one, AttentionSpec all, Operand operand) {
        return !one.isOutput(operand) && all.operand(operand).equals(one.operand(operand));
    }
}
