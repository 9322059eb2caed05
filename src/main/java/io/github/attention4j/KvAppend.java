package io.github.attention4j;

import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.cache.Sequences;

/** Whether what is to be appended to a cache fits it. Not for several threads at once. */
final class KvAppend {
    private final KvCacheSpec spec;
    private final Sequences sequences;
    /** Which sequences a call names; all false between calls. */
    private final boolean[] named;

    KvAppend(KvCacheSpec spec, Sequences sequences) {
        this.spec = spec;
        this.sequences = sequences;
        named = new boolean[spec.sequences()];
    }

    void requireSequence(int sequence) {
        if (!sequences.has(sequence)) {
            throw new IllegalArgumentException(
                    "there is no sequence " + sequence + " in the cache; sequences come from newSequence() and fork()");
        }
    }

    /** Rows of a tensor of new rows. */
    int rowsOf(DeviceTensor tensor) {
        return spec.order() == Layout.Order.BATCH_ROW_HEAD ? tensor.heads() : tensor.rows();
    }

    void checkTensors(int count, int[] counts, DeviceTensor keys, DeviceTensor values) {
        if (counts.length != count) {
            throw new IllegalArgumentException(
                    "there must be as many counts as sequences, but there are " + counts.length + " and " + count);
        }
        long total = 0;
        int most = 0;
        for (int rows : counts) {
            if (rows < 0) {
                throw new IllegalArgumentException("counts must be at least 0, but one is " + rows);
            }
            total += rows;
            most = Math.max(most, rows);
        }
        if (keys.batch() != 1 && keys.batch() != count) {
            throw new IllegalArgumentException("keys must have 1 or " + count
                    + " batch entries, as many as sequences are named, but have " + keys.batch());
        }
        int rows = rowsOf(keys);
        boolean rowsFirst = spec.order() == Layout.Order.BATCH_ROW_HEAD;
        int second = rowsFirst ? rows : spec.kvHeads();
        int third = rowsFirst ? spec.kvHeads() : rows;
        Shapes.checkRows("keys", keys, keys.dtype(), keys.batch(), second, third, spec.headDim());
        Shapes.checkRows("values", values, keys.dtype(), keys.batch(), second, third, spec.valueDim());
        if (Sizes.times(keys.batch(), keys.heads(), keys.rows(), 1) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("keys must have at most " + Integer.MAX_VALUE
                    + " rows of all heads together, which kernels count in 32 bits, but have " + keys.batch() + " x "
                    + keys.heads() + " x " + keys.rows() + "; append them in several calls");
        }
        long needed = keys.batch() == 1 ? total : most;
        if (needed > rows) {
            throw new IllegalArgumentException(
                    "keys must have at least " + needed + " rows for the counts given, but have " + rows);
        }
    }

    void checkSequences(int[] numbers, int[] counts) {
        int checked = 0;
        try {
            for (; checked < numbers.length; checked++) {
                int sequence = numbers[checked];
                requireSequence(sequence);
                if (named[sequence]) {
                    throw new IllegalArgumentException(
                            "sequence " + sequence + " is named twice; give all its rows at once, or append twice");
                }
                if (counts[checked] > spec.maxLength() - sequences.length(sequence)) {
                    throw new CacheFullException("sequence " + sequence + " has " + sequences.length(sequence)
                            + " rows and would get " + counts[checked] + " more, but maxLength is " + spec.maxLength()
                            + "; trim or free it, or make a cache of longer sequences");
                }
                named[sequence] = true;
            }
        } finally {
            for (int i = 0; i < checked; i++) {
                named[numbers[i]] = false;
            }
        }
    }

    /** What is said if pages are too few for these rows. */
    CacheFullException full(int[] numbers, int[] counts) {
        long rows = 0;
        for (int count : counts) {
            rows += count;
        }
        return new CacheFullException("the pages that are free are too few for " + rows + " rows of " + numbers.length
                + (numbers.length == 1 ? " sequence: " : " sequences: ") + sequences.freePages() + " of " + spec.pages()
                + " pages of " + spec.pageSize()
                + " rows are free; free or trim sequences, or make a cache of more pages");
    }
}
