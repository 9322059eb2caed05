package io.github.attention4j.internal.java.memory;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;

/** One entry of the batch: where its queries and keys begin, and how many there are. */
public final class Sequence {
    public final int batch;

    /** The row of query 0 in query, out and lse: other than 0 in a ragged batch. */
    public final int firstQuery;

    public final int queries;

    /** The row of key 0 in key and value. */
    public final int firstKey;

    public final int keys;

    public Sequence(AttentionSpec spec, Operands operands, int batch) {
        this.batch = batch;
        Rows queryOffsets = operands.get(Operand.QUERY_OFFSETS);
        if (queryOffsets == null) {
            firstQuery = 0;
            queries = spec.queryLength();
        } else {
            int total = spec.operand(Operand.QUERY).rows();
            firstQuery = begin(queryOffsets, batch, total);
            queries = count(queryOffsets, batch, firstQuery, Math.min(spec.queryLength(), total - firstQuery));
        }
        Rows keyOffsets = operands.get(Operand.KEY_OFFSETS);
        int rows = spec.keyLength();
        if (keyOffsets == null) {
            firstKey = 0;
        } else {
            int total = spec.operand(Operand.KEY).rows();
            firstKey = begin(keyOffsets, batch, total);
            rows = count(keyOffsets, batch, firstKey, Math.min(rows, total - firstKey));
        }
        Rows keyLengths = operands.get(Operand.KEY_LENGTHS);
        keys = keyLengths == null ? rows : clamp(keyLengths.integer(batch, 0, 0), rows);
    }

    private static int begin(Rows offsets, int batch, int total) {
        return clamp(offsets.integer(batch, 0, 0), total);
    }

    private static int count(Rows offsets, int batch, int begin, int most) {
        return clamp((long) offsets.integer(batch + 1, 0, 0) - begin, most);
    }

    /** By how much the last key's number is more than the last query's. */
    public int shift() {
        return keys - queries;
    }

    /** The nearest number from 0 to {@code most}. */
    public static int clamp(long number, int most) {
        return (int) Math.max(0, Math.min(most, number));
    }
}
