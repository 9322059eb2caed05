package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.BlockScope;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.threads.Threads;

/**
 * Makes the block mask of a call from its masks by position and its keep function. Many blocks are judged at once by
 * bounds of the function; it is asked about pairs in the others alone, and of these until two answers differ. One
 * thread's part.
 */
public final class BlockSearch {
    /** Bits of a block: what the function says of pairs that no mask by position hides. */
    private static final int KEPT = 1;

    private static final int HIDDEN = 2;

    /** What the bits of a block come to. */
    private static final BlockMask.Seen[] SEEN = {
        BlockMask.Seen.NONE, BlockMask.Seen.FULL, BlockMask.Seen.NONE, BlockMask.Seen.PART
    };

    private final AttentionSpec spec;
    private final Operands operands;
    private final BlockScope scope;
    private final RowFunction keep;
    private final KeepBounds bounds;
    private final int[] begins;
    private final int[] ends;
    private final boolean haveRowsRanges;
    private int firstQuery;
    private int queries;
    private int begin;
    private int end;
    private byte[] found;
    private int at;

    private BlockSearch(AttentionSpec spec, Operands operands) {
        this.spec = spec;
        this.operands = operands;
        scope = BlockScope.of(spec);
        keep = RowFunction.of(spec.keep(), spec, operands);
        bounds = spec.keep() == null ? null : new KeepBounds(spec, operands);
        begins = new int[Math.min(spec.blockQueries(), spec.queryLength())];
        ends = new int[begins.length];
        haveRowsRanges = spec.has(Operand.KEY_BEGINS) || spec.has(Operand.KEY_ENDS);
    }

    /**
     * The mask of a call.
     *
     * @param operands what masks and the function read
     */
    public static BlockMask of(AttentionSpec spec, Operands operands, Threads threads) {
        TensorSpec tensor = spec.operand(Operand.BLOCK_MASK);
        int columns = Sizes.ceilDiv(spec.keyLength(), spec.blockKeys());
        int rows = Sizes.ceilDiv(spec.queryLength(), spec.blockQueries());
        int all = tensor.batch() * tensor.heads() * rows;
        byte[] found = new byte[Math.multiplyExact(all, columns)];
        threads.run(all, next -> {
            BlockSearch search = new BlockSearch(spec, operands);
            for (int row = next.getAsInt(); row >= 0; row = next.getAsInt()) {
                search.search(
                        found, row * columns, row % rows, row / rows / tensor.heads(), row / rows % tensor.heads());
            }
        });
        for (int i = 0; i < found.length; i++) {
            found[i] = (byte) SEEN[found[i]].ordinal();
        }
        return BlockMask.ofBlocks(spec, found);
    }

    /** A row of blocks, of all batch entries and heads that it holds for. */
    private void search(byte[] found, int at, int row, int ofBatch, int ofHead) {
        this.found = found;
        this.at = at;
        for (int batch = ofBatch; batch < ofBatch + scope.batches(); batch++) {
            Sequence sequence = new Sequence(spec, operands, batch);
            for (int head = ofHead; head < ofHead + scope.heads(); head++) {
                start(sequence, head, row * spec.blockQueries());
                search(begin / spec.blockKeys(), Sizes.ceilDiv(end, spec.blockKeys()));
            }
        }
    }

    private void start(Sequence sequence, int head, int first) {
        MaskRow visible = new MaskRow(spec, operands, sequence);
        firstQuery = first;
        queries = Math.min(spec.blockQueries(), sequence.queries - first);
        begin = Integer.MAX_VALUE;
        end = 0;
        for (int i = 0; i < queries; i++) {
            begins[i] = visible.begin(head, first + i);
            ends[i] = visible.end(head, first + i);
            if (begins[i] < ends[i]) {
                begin = Math.min(begin, begins[i]);
                end = Math.max(end, ends[i]);
            }
        }
        if (keep != null) {
            keep.start(sequence, head);
            bounds.start(sequence, head);
        }
    }

    /** The blocks of keys from one to another. */
    private void search(int first, int last) {
        if (first >= last) {
            return;
        }
        int from = from(first);
        int to = Math.min(end, until(last - 1));
        KeepBounds.Verdict verdict = keep == null
                ? KeepBounds.Verdict.ALWAYS
                : bounds.of(firstQuery, firstQuery + queries - 1, from, to - 1);
        if (verdict == KeepBounds.Verdict.UNKNOWN && last - first > 1) {
            int middle = (first + last) >>> 1;
            search(first, middle);
            search(middle, last);
            return;
        }
        for (int block = first; block < last; block++) {
            if (!haveRowsRanges || isAnyVisible(block)) {
                found[at + block] |= (byte)
                        switch (verdict) {
                            case ALWAYS -> KEPT;
                            case NEVER -> HIDDEN;
                            case UNKNOWN -> ask(block);
                        };
            }
        }
    }

    private int from(int block) {
        return Math.max(begin, block * spec.blockKeys());
    }

    private int until(int block) {
        return (int) Math.min(end, (block + 1L) * spec.blockKeys());
    }

    private boolean isAnyVisible(int block) {
        for (int i = 0; i < queries; i++) {
            if (Math.max(begins[i], from(block)) < Math.min(ends[i], until(block))) {
                return true;
            }
        }
        return false;
    }

    /** Asks the function about the pairs of a block. */
    private int ask(int block) {
        int bits = found[at + block];
        for (int i = 0; i < queries && bits != (KEPT | HIDDEN); i++) {
            int from = Math.max(begins[i], from(block));
            int to = Math.min(ends[i], until(block));
            if (from < to) {
                keep.compute(null, 0, new RowFunction.Pairs(firstQuery + i, from, 1, to - from, true));
                int[] truths = keep.truths();
                for (int j = 0; j < to - from; j++) {
                    bits |= truths[j] != 0 ? KEPT : HIDDEN;
                }
            }
        }
        return bits;
    }
}
