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
    private static final BlockMask.Seen[] SEEN = BlockMask.Seen.values();

    private final Rows numbers;
    private final int queryBlock;
    private final int keyBlock;
    private final int columns;
    private int start;

    private BlockLists(AttentionSpec spec, Rows numbers) {
        this.numbers = numbers;
        queryBlock = spec.blockQueries();
        keyBlock = spec.blockKeys();
        columns = Sizes.ceilDiv(spec.keyLength(), keyBlock);
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
        return listed >> 1 == column ? SEEN[1 + (listed & 1)] : BlockMask.Seen.NONE;
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
            query = (int) Math.min(Integer.MAX_VALUE, (query / queryBlock + 1L) * queryBlock);
        }
        return first;
    }

    /** Whether one of these queries has a listed block among these keys. */
    public boolean isAnyListed(int firstQuery, int queries, int key, int end) {
        return key < end && firstListed(firstQuery, queries, key, end) < end;
    }
}
