package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import java.util.Arrays;
import java.util.Objects;

/**
 * Which blocks of keys the queries of a block may see, so that kernels visit no others: for each block of queries a
 * list of blocks of keys, each of which is seen in part or in full. For {@link AttentionSpecBuilder#blockMask}.
 *
 * <p>A key is seen if its block is listed for the query's block and all masks of the call let it be seen; in a block
 * that is listed as full the keep function is not asked. So a mask that lists blocks in part alone hides and never
 * shows. {@link AttentionEngine#blockMask} makes the mask of a call from its masks and keep function; {@link #ofLists}
 * takes lists, as a search for the best blocks gives them. Immutable.
 */
public final class BlockMask {
    /** The least queries or keys of a block. */
    public static final int LEAST_BLOCK = 16;

    /** The most rows and columns of a picture. */
    private static final int MOST_OF_PICTURE = 64;

    /** How much of a block is seen. */
    public enum Seen {
        /** Nothing: the block is not listed. */
        NONE,
        /** What the masks and the keep function of the call say. */
        PART,
        /** All that masks say; the keep function is not asked. */
        FULL
    }

    private final int queries;
    private final int keys;
    private final int queryBlock;
    private final int keyBlock;
    private final int batch;
    private final int heads;
    private final int[] offsets;
    /** In rising order: twice the number of a block of keys, and 1 more if it is full. */
    private final int[] entries;

    private BlockMask(BlockMask like, int batch, int heads, int[] offsets, int[] entries) {
        this(like.queries, like.keys, like.queryBlock, like.keyBlock, batch, heads, offsets, entries);
    }

    private BlockMask(
            int queries, int keys, int queryBlock, int keyBlock, int batch, int heads, int[] offsets, int[] entries) {
        this.queries = queries;
        this.keys = keys;
        this.queryBlock = queryBlock;
        this.keyBlock = keyBlock;
        this.batch = batch;
        this.heads = heads;
        this.offsets = offsets;
        this.entries = entries;
    }

    /**
     * The mask that says of each block what is seen of it.
     *
     * @param spec of the calls: its lengths, sizes of blocks, and for how many batch entries and heads there are masks
     * @param seen [batch, head, block of queries, block of keys], an ordinal of {@link Seen} each; for 1 or all batch
     *     entries and heads as the spec says
     * @throws IllegalArgumentException if the spec has no block mask, or there are not as many
     */
    public static BlockMask ofBlocks(AttentionSpec spec, byte[] seen) {
        TensorSpec tensor = requireBlocks(spec);
        int columns = Sizes.ceilDiv(spec.keyLength(), spec.blockKeys());
        int rows = tensor.batch() * tensor.heads() * Sizes.ceilDiv(spec.queryLength(), spec.blockQueries());
        if (Objects.requireNonNull(seen, "seen").length != (long) rows * columns) {
            throw new IllegalArgumentException("seen must have " + (long) rows * columns
                    + " elements, one for each block, but has " + seen.length);
        }
        int[] offsets = new int[rows + 1];
        int[] entries = new int[seen.length];
        int count = 0;
        for (int i = 0; i < seen.length; i++) {
            if (seen[i] != Seen.NONE.ordinal()) {
                entries[count++] = 2 * (i % columns) + (seen[i] == Seen.FULL.ordinal() ? 1 : 0);
            }
            offsets[i / columns + 1] = count;
        }
        return ofSpec(spec, offsets, Arrays.copyOf(entries, count));
    }

    /**
     * The mask that {@link #array} or a {@link BlockMaskPlan} wrote, to look at or to join with another one.
     *
     * @param spec as for {@link #ofBlocks}
     * @param array of all heads that there are masks for; what is read of it is which blocks each row lists
     * @throws IllegalArgumentException if the spec has no block mask, the array has another length, or is no mask's
     */
    public static BlockMask ofArray(AttentionSpec spec, int[] array) {
        TensorSpec tensor = requireBlocks(spec);
        int rows = Sizes.ceilDiv(spec.queryLength(), spec.blockQueries());
        int columns = Sizes.ceilDiv(spec.keyLength(), spec.blockKeys());
        int heads = tensor.batch() * tensor.heads();
        if (Objects.requireNonNull(array, "array").length != (long) heads * tensor.columns()) {
            throw new IllegalArgumentException("array must have " + (long) heads * tensor.columns()
                    + " numbers, those of the spec's block mask, but has " + array.length);
        }
        int[] offsets = new int[heads * rows + 1];
        int[] entries = new int[64];
        int count = 0;
        for (int row = 0; row < heads * rows; row++) {
            int from = row / rows * tensor.columns() + row % rows * (columns + 1);
            for (int column = 0; column < columns; column++) {
                int next = array[from + column];
                if (next >> 1 < column || next >> 1 > columns) {
                    throw new IllegalArgumentException("array is no block mask of this spec: in row " + row
                            + " the block listed from " + column + " on is " + (next >> 1));
                }
                column = next >> 1;
                if (column < columns) {
                    entries = count == entries.length ? Arrays.copyOf(entries, 2 * count) : entries;
                    entries[count++] = next;
                }
            }
            offsets[row + 1] = count;
        }
        return ofSpec(spec, offsets, Arrays.copyOf(entries, count));
    }

    /**
     * The mask of lists, in any order, of blocks of keys; all of them are seen in part.
     *
     * @param spec as for {@link #ofBlocks}
     * @param lists one for each block of queries, of all heads of all batch entries that there are masks for
     * @throws IllegalArgumentException if the spec has no block mask, there are not as many lists, or a number is no
     *     block's or is listed twice
     */
    public static BlockMask ofLists(AttentionSpec spec, int[]... lists) {
        TensorSpec tensor = requireBlocks(spec);
        int columns = Sizes.ceilDiv(spec.keyLength(), spec.blockKeys());
        int rows = tensor.batch() * tensor.heads() * Sizes.ceilDiv(spec.queryLength(), spec.blockQueries());
        if (Objects.requireNonNull(lists, "lists").length != rows) {
            throw new IllegalArgumentException(
                    "there must be " + rows + " lists, one for each block of queries, but there are " + lists.length);
        }
        int[] offsets = new int[rows + 1];
        for (int row = 0; row < rows; row++) {
            offsets[row + 1] = Math.addExact(offsets[row], Objects.requireNonNull(lists[row], "lists").length);
        }
        int[] entries = new int[offsets[rows]];
        for (int row = 0; row < rows; row++) {
            int[] sorted = lists[row].clone();
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                if (sorted[i] < 0 || sorted[i] >= columns || i > 0 && sorted[i] == sorted[i - 1]) {
                    throw new IllegalArgumentException("lists must name blocks of keys from 0 to " + (columns - 1)
                            + ", each once, but list " + row + " has " + sorted[i]);
                }
                entries[offsets[row] + i] = 2 * sorted[i];
            }
        }
        return ofSpec(spec, offsets, entries);
    }

    private static BlockMask ofSpec(AttentionSpec spec, int[] offsets, int[] entries) {
        TensorSpec tensor = spec.operand(Operand.BLOCK_MASK);
        return new BlockMask(
                spec.queryLength(),
                spec.keyLength(),
                spec.blockQueries(),
                spec.blockKeys(),
                tensor.batch(),
                tensor.heads(),
                offsets,
                entries);
    }

    static TensorSpec requireBlocks(AttentionSpec spec) {
        if (!Objects.requireNonNull(spec, "spec").has(Operand.BLOCK_MASK)) {
            throw new IllegalArgumentException("the spec has no block mask; ask for blockMask(queryBlock, keyBlock)");
        }
        return spec.operand(Operand.BLOCK_MASK);
    }

    static void requireBlock(String name, int size) {
        if (size < LEAST_BLOCK) {
            throw new IllegalArgumentException(name + " must be at least " + LEAST_BLOCK + ", but is " + size);
        }
    }

    /** Numbers of {@link Operand#BLOCK_MASK} for each head: see {@link #array}. */
    public static long numbers(int queries, int keys, int queryBlock, int keyBlock) {
        Checks.requirePositive("queries", queries);
        Checks.requirePositive("keys", keys);
        requireBlock("queryBlock", queryBlock);
        requireBlock("keyBlock", keyBlock);
        long rows = Sizes.ceilDiv(queries, queryBlock);
        long columns = Sizes.ceilDiv(keys, keyBlock);
        return rows * (columns + 1)
                + columns * (rows + 1)
                + BlockOrder.numbers((int) rows)
                + BlockOrder.numbers((int) columns);
    }

    /** What is seen where both masks let it be seen: full where both are full. */
    public BlockMask and(BlockMask other) {
        return join(other, true);
    }

    /** What is seen where one mask lets it be seen: full where one is full. */
    public BlockMask or(BlockMask other) {
        return join(other, false);
    }

    private BlockMask join(BlockMask other, boolean isAnd) {
        requireAlike(Objects.requireNonNull(other, "other"));
        int allBatch = Math.max(batch, other.batch);
        int allHeads = Math.max(heads, other.heads);
        int rows = rows();
        int[] joinedOffsets = new int[allBatch * allHeads * rows + 1];
        int[] joined = new int[64];
        int count = 0;
        for (int row = 0; row < joinedOffsets.length - 1; row++) {
            int of = row % rows;
            int a = row(row / rows / allHeads, row / rows % allHeads, of);
            int b = other.row(row / rows / allHeads, row / rows % allHeads, of);
            int i = offsets[a];
            int j = other.offsets[b];
            while (i < offsets[a + 1] || j < other.offsets[b + 1]) {
                int first = i < offsets[a + 1] ? entries[i] : Integer.MAX_VALUE;
                int second = j < other.offsets[b + 1] ? other.entries[j] : Integer.MAX_VALUE;
                int block = Math.min(first >> 1, second >> 1);
                boolean inFirst = first >> 1 == block;
                boolean inSecond = second >> 1 == block;
                i += inFirst ? 1 : 0;
                j += inSecond ? 1 : 0;
                if (!isAnd || inFirst && inSecond) {
                    boolean full = isAnd
                            ? (first & second & 1) == 1
                            : inFirst && (first & 1) == 1 || inSecond && (second & 1) == 1;
                    joined = count == joined.length ? Arrays.copyOf(joined, 2 * count) : joined;
                    joined[count++] = 2 * block + (full ? 1 : 0);
                }
            }
            joinedOffsets[row + 1] = count;
        }
        return new BlockMask(this, allBatch, allHeads, joinedOffsets, Arrays.copyOf(joined, count));
    }

    private void requireAlike(BlockMask other) {
        boolean alike = queries == other.queries
                && keys == other.keys
                && queryBlock == other.queryBlock
                && keyBlock == other.keyBlock
                && (batch == other.batch || batch == 1 || other.batch == 1)
                && (heads == other.heads || heads == 1 || other.heads == 1);
        if (!alike) {
            throw new IllegalArgumentException("both masks must be of the same lengths and blocks, and for 1 or as many"
                    + " batch entries and heads, but one is " + this + " and the other " + other);
        }
    }

    /** Blocks of queries of a head. */
    private int rows() {
        return Sizes.ceilDiv(queries, queryBlock);
    }

    private int columns() {
        return Sizes.ceilDiv(keys, keyBlock);
    }

    private int row(int ofBatch, int ofHead, int block) {
        return ((batch == 1 ? 0 : ofBatch) * heads + (heads == 1 ? 0 : ofHead)) * rows() + block;
    }

    /** What is seen of a block; a mask that holds for all batch entries or heads takes any number of one. */
    public Seen seen(int ofBatch, int ofHead, int blockOfQueries, int blockOfKeys) {
        Checks.requireIndex("ofBatch", ofBatch, batch == 1 ? Integer.MAX_VALUE : batch);
        Checks.requireIndex("ofHead", ofHead, heads == 1 ? Integer.MAX_VALUE : heads);
        Checks.requireIndex("blockOfQueries", blockOfQueries, rows());
        Checks.requireIndex("blockOfKeys", blockOfKeys, columns());
        int row = row(ofBatch, ofHead, blockOfQueries);
        int at = Arrays.binarySearch(entries, offsets[row], offsets[row + 1], 2 * blockOfKeys);
        if (at >= 0) {
            return Seen.PART;
        }
        int after = -at - 1;
        return after < offsets[row + 1] && entries[after] == 2 * blockOfKeys + 1 ? Seen.FULL : Seen.NONE;
    }

    /** Blocks that are listed, of all heads that there are masks for. */
    public long listed() {
        return entries.length;
    }

    /** The share of blocks that are not listed, from 0 to 1. */
    public double sparsity() {
        return 1 - entries.length / ((double) batch * heads * rows() * columns());
    }

    /**
     * The mask as {@link Operand#BLOCK_MASK} has it. For each head: for each block of queries and each number of a
     * block of keys, and one behind the last, twice the number of the first block from there on that is listed (the
     * count of blocks if there is none), and 1 more if that is full; behind these the same for each block of keys and
     * the blocks of queries that list it. Then in which order tiles of 1, 2, 4, ... blocks of queries are worked on,
     * those that list most last, and tiles of blocks of keys, those that are listed most first.
     */
    public int[] array() {
        int rows = rows();
        int columns = columns();
        int ofHead = Math.toIntExact(numbers(queries, keys, queryBlock, keyBlock));
        int[] array = new int[Math.multiplyExact(ofHead, batch * heads)];
        for (int head = 0; head < batch * heads; head++) {
            int start = head * ofHead;
            int turned = start + rows * (columns + 1);
            for (int column = 0; column < columns; column++) {
                array[turned + column * (rows + 1) + rows] = 2 * rows;
            }
            for (int row = rows - 1; row >= 0; row--) {
                int from = start + row * (columns + 1);
                for (int column = 0; column < columns; column++) { // what the row does not list
                    int at = turned + column * (rows + 1) + row;
                    array[at] = array[at + 1];
                }
                array[from + columns] = 2 * columns;
                int last = columns;
                for (int i = offsets[head * rows + row + 1] - 1; i >= offsets[head * rows + row]; i--) {
                    int column = entries[i] >> 1;
                    Arrays.fill(array, from + column + 1, from + last, array[from + last]);
                    array[from + column] = entries[i];
                    array[turned + column * (rows + 1) + row] = 2 * row + (entries[i] & 1);
                    last = column;
                }
                Arrays.fill(array, from, from + last, array[from + last]);
            }
            order(array, turned + columns * (rows + 1), head);
        }
        return array;
    }

    private void order(int[] array, int at, int head) {
        int[] ofRows = new int[rows()];
        int[] ofColumns = new int[columns()];
        for (int row = 0; row < ofRows.length; row++) {
            int first = offsets[head * ofRows.length + row];
            int end = offsets[head * ofRows.length + row + 1];
            ofRows[row] = end - first;
            for (int i = first; i < end; i++) {
                ofColumns[entries[i] >> 1]++;
            }
        }
        BlockOrder.write(array, BlockOrder.write(array, at, ofRows, true), ofColumns, false);
    }

    /** {@link #picture(int, int)} of the first head. */
    public String picture() {
        return picture(0, 0);
    }

    /**
     * The blocks of a head, a line for a block of queries: {@code #} full, {@code +} in part, {@code .} not seen; of
     * many blocks, several share a sign, which is {@code +} if they are not alike. Then how sparse the mask is.
     */
    public String picture(int ofBatch, int ofHead) {
        int rowStep = Sizes.ceilDiv(rows(), MOST_OF_PICTURE);
        int columnStep = Sizes.ceilDiv(columns(), MOST_OF_PICTURE);
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows(); row += rowStep) {
            for (int column = 0; column < columns(); column += columnStep) {
                text.append(sign(ofBatch, ofHead, row, rowStep, column, columnStep));
            }
            text.append('\n');
        }
        return text.append(this).append('\n').toString();
    }

    private char sign(int ofBatch, int ofHead, int row, int rowStep, int column, int columnStep) {
        Seen all = seen(ofBatch, ofHead, row, column);
        for (int i = row; i < Math.min(rows(), row + rowStep); i++) {
            for (int j = column; j < Math.min(columns(), column + columnStep); j++) {
                all = seen(ofBatch, ofHead, i, j) == all ? all : Seen.PART;
            }
        }
        return ".+#".charAt(all.ordinal());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockMask that
                && queries == that.queries
                && keys == that.keys
                && queryBlock == that.queryBlock
                && keyBlock == that.keyBlock
                && batch == that.batch
                && heads == that.heads
                && Arrays.equals(offsets, that.offsets)
                && Arrays.equals(entries, that.entries);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(offsets) + Arrays.hashCode(entries);
    }

    /** Lengths, sizes of blocks, and how sparse it is. */
    @Override
    public String toString() {
        long thousandths = Math.round(1000 * sparsity());
        return "block mask of " + batch + " x " + heads + " heads, " + queries + " queries x " + keys
                + " keys in blocks of " + queryBlock + " x " + keyBlock + ", " + listed() + " listed, "
                + thousandths / 10 + "." + thousandths % 10 + " % not visited";
    }
}
