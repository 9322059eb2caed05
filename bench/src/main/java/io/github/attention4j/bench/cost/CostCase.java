package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import java.util.List;

/**
 * A call with one option, to be compared with the plain call of its {@link Group}.
 *
 * @param option what is special about it, as the table says it
 * @param spec the request
 * @param offsets of a ragged batch, the first row of each entry and the end of the last; null for other batches
 * @param goal how many times as long as the plain call it may take at most, or NaN for no goal
 * @param unit what is compared
 */
public record CostCase(String option, AttentionSpec spec, int[] offsets, double goal, Unit unit) {
    /** What of two calls is compared. */
    public enum Unit {
        /**
         * The times of a whole call: options that leave the work as it is, or that are asked for because they leave
         * work out.
         */
        CALL,
        /** The times for each pair of a query and a key that it sees: calls whose sizes differ. */
        PAIR
    }

    /**
     * Calls that are timed in turns.
     *
     * @param plain the call that the others are compared with
     * @param options the others
     */
    public record Group(CostCase plain, List<CostCase> options) {}

    static CostCase of(String option, AttentionSpecBuilder spec, double goal) {
        return new CostCase(option, spec.build(), null, goal, Unit.CALL);
    }

    static CostCase ragged(String option, AttentionSpecBuilder spec, int[] offsets, double goal) {
        int rows = offsets[offsets.length - 1];
        AttentionSpec ragged = spec.batch(offsets.length - 1)
                .raggedQueries(rows)
                .raggedKeys(rows)
                .build();
        return new CostCase(option, ragged, offsets, goal, Unit.PAIR);
    }

    /** The call with its data, made anew each time: that of all cases of a group is the same, but for the option. */
    Case call() {
        AttentionArrays given = OptionData.of(spec);
        if (offsets != null) {
            given.with(Operand.QUERY_OFFSETS, offsets).with(Operand.KEY_OFFSETS, offsets);
        }
        return Case.random(option, spec, given);
    }
}
