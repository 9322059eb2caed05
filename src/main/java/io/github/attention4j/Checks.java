package io.github.attention4j;

/** Checks of numbers that callers give. */
final class Checks {
    private static final String[] DIMENSIONS = {"batch", "heads", "queries", "keys"};

    private Checks() {}

    /** Checks that a part without default was set. */
    static void require(boolean given, String name, String how) {
        if (!given) {
            throw new IllegalArgumentException(name + " was not set; call " + how);
        }
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }

    static void requireIndex(String name, int index, int count) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException(name + " must be from 0 to " + (count - 1) + ", but is " + index);
        }
    }

    /** Checks the first sizes of [batch, heads, queries, keys]. */
    static void requireSizes(String operand, int... sizes) {
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 1) {
                throw new IllegalArgumentException(DIMENSIONS[i] + " of " + operand + " must be at least 1, but is "
                        + sizes[i] + "; 1 holds for the whole dimension");
            }
        }
    }

    static void requirePages(int pageSize, int pages) {
        if (pageSize < 16 || pageSize > 1 << 15 || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("pageSize must be a power of two from 16 to 32768, but is " + pageSize);
        }
        requirePositive("pages", pages);
    }
}
