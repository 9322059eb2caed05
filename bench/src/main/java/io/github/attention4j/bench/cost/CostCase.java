package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Layout;

/**
 * A call with one option, to be compared with the plain call of its {@link CostGroup}.
 *
 * @param option what is special about it, as the table says it
 * @param spec the request
 * @param order what the spec was built with
 * @param offsets of a ragged batch, the first row of each entry and the end of the last; null for other batches
 * @param goal how many times as long as the plain call it may take at most, or NaN for no goal
 * @param unit what is compared
 */
public record CostCase(String option, AttentionSpec spec, Layout.Order order, int[] offsets, double goal, Unit unit) {
    /** What of two calls is compared. */
    public enum Unit {
        /** The times of a whole call: options that leave the work as it is, or that are asked for because they leave work out. */
        CALL,
        /** The times for each pair of a query and a key that it sees: calls whose sizes differ. */
        PAIR
    }

    static CostCase of(String option, AttentionSpecBuilder spec, double goal) {
        return new CostCase(option, spec.build(), Layout.Order.BATCH_HEAD_ROW, null, goal, Unit.CALL);
    }

    static CostCase ordered(String option, AttentionSpecBuilder spec, Layout.Order order, double goal) {
        return new CostCase(option, spec.order(order).build(), order, null, goal, Unit.CALL);
    }

    static CostCase ragged(String option, AttentionSpecBuilder spec, int[] offsets, double goal) {
        int rows = offsets[offsets.length - 1];
        AttentionSpec ragged = spec.batch(offsets.length - 1)
                .raggedQueries(rows)
                .raggedKeys(rows)
                .build();
        return new CostCase(option, ragged, Layout.Order.BATCH_HEAD_ROW, offsets, goal, Unit.PAIR);
    }
}
