package io.github.attention4j.internal.java.memory;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;

/** One entry of the batch: where its queries and keys begin, and how many there are. */
public final class Sequence {
    public final int batch;

    /** The row of query 0 in query, out and lse: other than 0 in a ragged batch. */
    public final int firstQuery;

    public final int queries;

    /** The rows of query and out that belong to the entry; more than {@link #queries} if it has more than the spec. */
    public final int queryRows;

    /** The row of key 0 in key and value. */
    public final int firstKey;

    public final int keys;

    /** The rows of key and value that belong to the entry, whether or not they count as keys. */
    public final int keyRows;

    public Sequence(AttentionSpec spec, Operands operands, int batch) {
        this.batch = batch;
        Rows queryOffsets = operands.get(Operand.QUERY_OFFSETS);
        if (queryOffsets == null) {
            firstQuery = 0;
            queries = spec.queryLength();
            queryRows = queries;
        } else {
            int total = spec.operand(Operand.QUERY).rows();
            firstQuery = begin(queryOffsets, batch, total);
            queryRows = count(queryOffsets, batch, firstQuery, total - firstQuery);
            queries = Math.min(spec.queryLength(), queryRows);
        }
        Rows keyOffsets = operands.get(Operand.KEY_OFFSETS);
        int rows = spec.keyLength();
        if (keyOffsets == null) {
            firstKey = 0;
            keyRows = rows;
        } else {
            int total = spec.operand(Operand.KEY).rows();
            firstKey = begin(keyOffsets, batch, total);
            keyRows = count(keyOffsets, batch, firstKey, total - firstKey);
            rows = Math.min(rows, keyRows);
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
