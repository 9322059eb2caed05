package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;

/** The block mask of a call, as {@link BlockMask#array} writes it. The twin of {@code blocks.clh}. For one thread. */
public final class BlockLists {
    private final Rows numbers;
    private final int queryBlock;
    private final int keyBlock;
    private final int columns;

    /** What a block counts as that is listed in part: nothing is asked about it without a function. */
    private final BlockMask.Seen part;

    private int start;

    private BlockLists(AttentionSpec spec, Rows numbers) {
        this.numbers = numbers;
        queryBlock = spec.blockQueries();
        keyBlock = spec.blockKeys();
        columns = Sizes.ceilDiv(spec.keyLength(), keyBlock);
        part = spec.keep() == null ? BlockMask.Seen.FULL : BlockMask.Seen.PART;
    }

    /** That of a call, or null for none. */
    public static BlockLists of(AttentionSpec spec, Operands operands) {
        Rows numbers = operands.get(Operand.BLOCK_MASK);
        return numbers == null ? null : new BlockLists(spec, numbers);
    }

    /** Begins with a head of a batch entry. */
    public void start(Sequence sequence, int head) {
        start = numbers.at(sequence.batch, head, 0);
    }

    private int listed(int query, int column) {
        return numbers.integerAt(start + query / queryBlock * (columns + 1) + column);
    }

    /** What is seen of the block of a query and a key. */
    BlockMask.Seen seen(int query, int key) {
        int column = key / keyBlock;
        int listed = listed(query, column);
        boolean isFull = (listed & 1) != 0;
        return listed >> 1 != column ? BlockMask.Seen.NONE : isFull ? BlockMask.Seen.FULL : part;
    }

    /** What is seen of each block of these queries and keys; null where blocks differ. */
    BlockMask.Seen seenOfAll(int firstQuery, int queries, int firstKey, int endKey) {
        BlockMask.Seen all = null;
        for (int query = firstQuery; query < firstQuery + queries; query = nextQuery(query)) {
            for (int key = firstKey; key < endKey; key = next(key)) {
                BlockMask.Seen seen = seen(query, key);
                if (all != null && seen != all) {
                    return null;
                }
                all = seen;
            }
        }
        return all;
    }

    /** Whether these queries are in the same blocks. */
    boolean areInOneRow(int firstQuery, int queries) {
        return firstQuery + queries <= nextQuery(firstQuery);
    }

    private int nextQuery(int query) {
        return (int) Math.min(Integer.MAX_VALUE, (query / queryBlock + 1L) * queryBlock);
    }

    /** The key with which the next block begins. */
    int next(int key) {
        return (int) Math.min(Integer.MAX_VALUE, (key / keyBlock + 1L) * keyBlock);
    }

    /**
     * The first key from this one on, and before the end, that is in a listed block of one of these queries; the end if
     * there is none.
     */
    public int firstListed(int firstQuery, int queries, int key, int end) {
        int first = end;
        for (int query = firstQuery; key < first && query < firstQuery + queries; ) {
            int column = key / keyBlock;
            int next = Math.max(listed(query, column) >> 1, column);
            first = (int) Math.min(first, next == column ? key : (long) next * keyBlock);
            query = nextQuery(query);
        }
        return first;
    }

    /** Whether one of these queries has a listed block among these keys. */
    public boolean isAnyListed(int firstQuery, int queries, int key, int end) {
        return key < end && firstListed(firstQuery, queries, key, end) < end;
    }
}
