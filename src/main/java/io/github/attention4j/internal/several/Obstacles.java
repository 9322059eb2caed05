package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;

/** Why calls are not cut into something: the first reason, or null. */
final class Obstacles {
    /** Floats hold whole numbers up to this; those of places reach functions as floats. */
    private static final int MOST_OF_FLOATS = 1 << 24;

    private Obstacles() {}

    static String to(By by, AttentionSpec spec) {
        String reason = ofFunctions(by, spec);
        if (reason != null) {
            return reason;
        }
        return switch (by) {
            case ENTRIES -> null;
            case KV_HEADS ->
                spec.has(Operand.DROPOUT_STATE) && spec.batch() > 1
                        ? "what dropout drops goes by a head's number in the whole batch"
                        : null;
            case QUERIES -> toQueries(spec);
            case KEYS -> toKeys(spec);
        };
    }

    private static String ofFunctions(By by, AttentionSpec spec) {
        if (spec.score() == null && spec.keep() == null) {
            return null;
        }
        if (by == By.KEYS) {
            return "functions go by a key's number";
        }
        boolean isLarge = Math.max(spec.queryLength(), Math.max(spec.batch(), spec.heads())) > MOST_OF_FLOATS;
        return isLarge ? "functions are told of places in floats, which hold numbers to " + MOST_OF_FLOATS : null;
    }

    private static boolean isRagged(AttentionSpec spec) {
        return spec.has(Operand.QUERY_OFFSETS) || spec.has(Operand.KEY_OFFSETS);
    }

    private static String ofRows(AttentionSpec spec) {
        if (isRagged(spec)) {
            return "rows of ragged batches lie behind one another; give each sequence to a call of its own";
        }
        if (spec.has(Operand.BLOCK_MASK)) {
            return "blocks of a block mask count from the first query and key";
        }
        return spec.has(Operand.DROPOUT_STATE) ? "what dropout drops goes by the numbers of query and key" : null;
    }

    private static String toQueries(AttentionSpec spec) {
        String reason = ofRows(spec);
        if (reason == null && spec.has(Operand.ALIBI_SLOPES) && !SeenKeys.areOwnEnd(spec)) {
            return "ALiBi goes by the last query and key, but for causal calls that end with both";
        }
        return reason;
    }

    private static String toKeys(AttentionSpec spec) {
        String reason = ofRows(spec);
        if (reason != null) {
            return reason;
        }
        if (spec.isBackward()) {
            return "gradients of queries are sums over keys; they are cut into queries";
        }
        if (spec.isPaged()) {
            return "pages are found by a key's number";
        }
        if (spec.has(Operand.SCORES)) {
            return "scores are asked for, whose rows have all keys";
        }
        return spec.has(Operand.ALIBI_SLOPES) ? "ALiBi goes by the last query and key" : null;
    }
}
