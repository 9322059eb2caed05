package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Layout;
import io.github.attention4j.bench.option.OptionProblem;

/**
 * A request that every kernel family is checked on.
 *
 * @param name what is special about it
 * @param problem the request with its data
 */
public record CardCase(String name, OptionProblem problem) {
    /** The data is random, but the same in every run. */
    private static final long SEED = 2017;

    static CardCase of(String name, AttentionSpecBuilder spec) {
        return ordered(name, spec, Layout.Order.BATCH_HEAD_ROW);
    }

    static CardCase ordered(String name, AttentionSpecBuilder spec, Layout.Order order) {
        return new CardCase(name, new OptionProblem(spec.order(order).build(), order).fill(SEED));
    }
}
