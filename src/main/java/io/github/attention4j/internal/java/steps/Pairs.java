package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import java.util.Arrays;

/**
 * Inputs with an element for each pair of query and key: a bias that is added to the score, and a mask that keeps the
 * pair or hides it, as a function may. They become one term of the score; −∞ hides the pair, whatever its score is. For
 * one thread.
 */
final class Pairs {
    /** Elements that are looked at to judge a tile: of a query's and a key's index, not of pairs. */
    private static final long ELEMENTS_OF_TILE = 512;

    private final Rows bias;
    private final Rows keepMask;

    /** A row of the mask. */
    private final float[] kept;

    /** Null if there is none. */
    private final RowFunction keep;

    private final StepLoops loops;

    /** What the function says of whole tiles; null where it is not asked about these. */
    private final KeepBounds bounds;

    private Sequence sequence;
    private int head;

    /** Null if there is none. */
    private final BlockLists blocks;

    /** Whether blocks of the tile that was judged last are not all seen alike, so that each is looked at. */
    private boolean areBlocksMixed;

    private Pairs(
            Rows bias,
            Rows keepMask,
            RowFunction keep,
            KeepBounds bounds,
            StepLoops loops,
            BlockLists blocks,
            int keys) {
        this.keep = keep;
        this.bounds = bounds;
        this.loops = loops;
        this.blocks = blocks;
        this.bias = bias;
        this.keepMask = keepMask;
        kept = keepMask == null ? null : new float[keys];
    }

    /**
     * Those of a call, or null if it has none; terms of {@code keys} keys are the most that will be asked for at once.
     */
    static Pairs of(AttentionSpec spec, Operands operands, int keys, StepLoops loops) {
        Rows bias = operands.get(Operand.BIAS);
        Rows keepMask = operands.get(Operand.KEEP_MASK);
        RowFunction keep = RowFunction.of(spec.keep(), spec, operands, loops);
        BlockLists blocks = BlockLists.of(spec, operands);
        KeepBounds bounds = keep == null ? null : new KeepBounds(spec, operands, ELEMENTS_OF_TILE);
        boolean isNone = bias == null && keepMask == null && keep == null && blocks == null;
        return isNone ? null : new Pairs(bias, keepMask, keep, bounds, loops, blocks, keys);
    }

    /** Begins with a head of a batch entry. */
    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        if (keep != null) {
            keep.start(sequence, head);
        }
        if (bounds != null) {
            bounds.start(sequence, head);
        }
        if (blocks != null) {
            blocks.start(sequence, head);
        }
    }

    /** Whether all queries of a head have the same terms. */
    boolean areAlike() {
        return keep == null
                && blocks == null
                && (bias == null || bias.rowStride == 0)
                && (keepMask == null || keepMask.rowStride == 0);
    }

    /** Whether there is a bias or a keep-mask, which every tile has. */
    boolean hasTensors() {
        return bias != null || keepMask != null;
    }

    /** Whether there is something to be judged by. */
    boolean judges() {
        return keep != null || blocks != null;
    }

    /**
     * Whether blocks of the tile that was judged last differ: {@link #readTile} or {@link #hideByBlock} looks at each.
     */
    boolean areBlocksMixed() {
        return areBlocksMixed;
    }

    /** Whether these queries are in the same blocks. */
    boolean isOneRowOfBlocks(int firstQuery, int queries) {
        return blocks.areInOneRow(firstQuery, queries);
    }

    /** Fills in the terms of a query and the keys from {@code firstKey} on. */
    void read(int query, int firstKey, float[] terms, int keys) {
        readTensors(query, firstKey, terms, keys);
        if (blocks != null) {
            readBlocks(query, firstKey, terms, keys);
        } else if (keep != null) {
            hide(new RowFunction.Pairs(query, firstKey, 1, keys, true), terms);
        }
    }

    /** Likewise, but for what {@link #hide} hides, and without block masks unless they are asked for. */
    void readTile(int query, int firstKey, float[] terms, int keys, boolean areBlocksRead) {
        readTensors(query, firstKey, terms, keys);
        if (areBlocksRead) {
            readBlocks(query, firstKey, terms, keys);
        }
    }

    private void readTensors(int query, int firstKey, float[] terms, int keys) {
        if (bias != null) {
            bias.read(bias.at(sequence.batch, head, query), firstKey, terms, 0, keys);
        } else if (keepMask == null) {
            Arrays.fill(terms, 0, keys, 0);
        }
        if (keepMask != null) {
            keepMask.read(keepMask.at(sequence.batch, head, query), firstKey, kept, 0, keys);
            if (bias == null) {
                keep(kept, terms, keys);
            } else {
                hide(kept, terms, keys);
            }
        }
    }

    /** Block by block: what is not listed is hidden, and the function is asked where a block is seen in part. */
    private void readBlocks(int query, int firstKey, float[] terms, int keys) {
        for (int from = 0; from < keys; ) {
            int to = Math.min(keys, blocks.next(firstKey + from) - firstKey);
            BlockMask.Seen seen = blocks.seen(query, firstKey + from);
            if (seen == BlockMask.Seen.NONE) {
                Arrays.fill(terms, from, to, Float.NEGATIVE_INFINITY);
            } else if (seen == BlockMask.Seen.PART) {
                ask(query, firstKey, terms, from, to);
            }
            from = to;
        }
    }

    /** Hides what the function does not keep of the terms {@code from} to {@code to - 1}. */
    private void ask(int query, int firstKey, float[] terms, int from, int to) {
        keep.compute(null, 0, new RowFunction.Pairs(query, firstKey + from, 1, to - from, true));
        int[] truths = keep.truths();
        for (int j = from; j < to; j++) {
            terms[j] = truths[j - from] == 0 ? Float.NEGATIVE_INFINITY : terms[j];
        }
    }

    /** What block mask and function say of all pairs of some queries and keys; without them, all are kept. */
    KeepBounds.Verdict judge(int firstQuery, int queries, int firstKey, int endKey) {
        areBlocksMixed = false;
        if (blocks != null) {
            if (!blocks.isAnyListed(firstQuery, queries, firstKey, endKey)) {
                return KeepBounds.Verdict.NEVER;
            }
            BlockMask.Seen seen = blocks.seenOfAll(firstQuery, queries, firstKey, endKey);
            areBlocksMixed = seen == null;
            if (seen != BlockMask.Seen.PART) {
                return seen == null ? KeepBounds.Verdict.UNKNOWN : KeepBounds.Verdict.ALWAYS;
            }
        }
        return bounds == null
                ? KeepBounds.Verdict.ALWAYS
                : bounds.of(firstQuery, firstQuery + queries - 1, firstKey, endKey - 1);
    }

    /** Asks the function about pairs; whether it keeps any. */
    boolean ask(RowFunction.Pairs pairs) {
        keep.compute(null, 0, pairs);
        return loops.isAny(keep.truths(), pairs.count());
    }

    /** Hides what the function did not keep when it was asked, of terms of the pairs from {@code first} on. */
    void hide(int first, float[] terms, int at, int count) {
        loops.hide(keep.truths(), first, terms, at, count);
    }

    /**
     * Hides what the blocks say of terms of pairs, whose rows are keys and whose lanes are queries in the same blocks.
     */
    void hideByBlock(RowFunction.Pairs pairs, float[] terms, int at) {
        int lanes = pairs.lanes();
        for (int row = 0; row < pairs.rows(); ) {
            int key = pairs.key() + row;
            int rows = Math.min(pairs.rows() - row, blocks.next(key) - key);
            BlockMask.Seen seen = blocks.seen(pairs.query(), key);
            KeepBounds.Verdict verdict =
                    switch (seen) {
                        case NONE -> KeepBounds.Verdict.NEVER;
                        case PART -> bounds.of(pairs.query(), pairs.query() + lanes - 1, key, key + rows - 1);
                        case FULL -> KeepBounds.Verdict.ALWAYS;
                    };
            int from = at + row * lanes;
            if (verdict == KeepBounds.Verdict.NEVER) {
                Arrays.fill(terms, from, from + rows * lanes, Float.NEGATIVE_INFINITY);
            } else if (verdict == KeepBounds.Verdict.UNKNOWN) {
                keep.compute(null, 0, pairs.part(row, rows, 0, lanes));
                hide(0, terms, from, rows * lanes);
            }
            row += rows;
        }
    }

    /** Both, of terms of these pairs in their order. */
    private void hide(RowFunction.Pairs pairs, float[] terms) {
        keep.compute(null, 0, pairs);
        hide(0, terms, 0, pairs.count());
    }

    private static void keep(float[] kept, float[] terms, int keys) {
        for (int j = 0; j < keys; j++) {
            terms[j] = kept[j] == 0 ? Float.NEGATIVE_INFINITY : 0;
        }
    }

    private static void hide(float[] kept, float[] terms, int keys) {
        for (int j = 0; j < keys; j++) {
            terms[j] = kept[j] == 0 ? Float.NEGATIVE_INFINITY : terms[j];
        }
    }
}
