package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;

/** What a call is cut into. */
enum By {
    ENTRIES("batch entries"),
    KV_HEADS("heads"),
    QUERIES("queries"),
    KEYS("keys");

    private final String label;

    By(String label) {
        this.label = label;
    }

    /** How many of them a call has. */
    int all(AttentionSpec spec) {
        return switch (this) {
            case ENTRIES -> spec.batch();
            case KV_HEADS -> spec.kvHeads();
            case QUERIES -> spec.queryLength();
            case KEYS -> spec.keyLength();
        };
    }

    /** What a block has only some of; null for one that is the whole call. */
    static By of(AttentionSpec whole, Block block) {
        if (block.queries().count() < whole.queryLength()) {
            return QUERIES; // which come with the keys that they see
        }
        if (block.keys().count() < whole.keyLength()) {
            return KEYS;
        }
        if (block.entries().count() < whole.batch()) {
            return ENTRIES;
        }
        return block.kvHeads().count() < whole.kvHeads() ? KV_HEADS : null;
    }

    @Override
    public String toString() {
        return label;
    }
}
