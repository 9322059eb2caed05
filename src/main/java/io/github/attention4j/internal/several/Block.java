package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;

/**
 * Which part of a call a device has: some batch entries, key/value heads with their query heads, queries of each head
 * and keys of each head.
 */
record Block(Range entries, Range kvHeads, Range queries, Range keys) {
    /**
     * So many from one on.
     *
     * @param first counted from 0
     */
    record Range(int first, int count) {
        static Range all(int count) {
            return new Range(0, count);
        }

        int end() {
            return first + count;
        }

        @Override
        public String toString() {
            return first + " to " + (end() - 1);
        }
    }

    static Block whole(AttentionSpec spec) {
        return new Block(
                Range.all(spec.batch()),
                Range.all(spec.kvHeads()),
                Range.all(spec.queryLength()),
                Range.all(spec.keyLength()));
    }

    static Block ofEntries(AttentionSpec spec, Range entries) {
        Block whole = whole(spec);
        return new Block(entries, whole.kvHeads, whole.queries, whole.keys);
    }

    static Block ofHeads(AttentionSpec spec, Range kvHeads) {
        Block whole = whole(spec);
        return new Block(whole.entries, kvHeads, whole.queries, whole.keys);
    }

    static Block ofKeys(AttentionSpec spec, Range keys) {
        Block whole = whole(spec);
        return new Block(whole.entries, whole.kvHeads, whole.queries, keys);
    }

    /** With the keys that the queries may see, as far as that follows from the spec alone. */
    static Block ofQueries(AttentionSpec spec, Range queries) {
        Block whole = whole(spec);
        return new Block(whole.entries, whole.kvHeads, queries, SeenKeys.of(spec, queries));
    }
}
