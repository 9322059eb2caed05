package io.github.attention4j.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** The rows of a partition of a dataset, in the order of their positions, as shards of consecutive ones. */
final class KeyRows implements Iterator<KeyShard> {
    /** Of a shard: enough for an engine to be at its best, and little beside an executor's memory. */
    private static final int SHARD_BYTES = 32 << 20;

    private static final int POSITION = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final Iterator<InternalRow> rows;
    private final ShardedCall call;
    private final int keyColumns;
    private final int valueColumns;
    private final int mostRows;
    /** [rows, kvHeads, columns]: what a shard is made from. */
    private final float[] keys;

    private final float[] values;
    private InternalRow next;

    private KeyRows(Iterator<InternalRow> rows, ShardedCall call) {
        this.rows = rows;
        this.call = call;
        keyColumns = call.kvHeads() * call.headDim();
        valueColumns = call.kvHeads() * call.valueDim();
        mostRows = Math.max(1, SHARD_BYTES / Float.BYTES / (keyColumns + valueColumns));
        keys = new float[Math.multiplyExact(mostRows, keyColumns)];
        values = new float[Math.multiplyExact(mostRows, valueColumns)];
        advance();
    }

    /** See {@link ShardedAttention#shards}. */
    static JavaRDD<KeyShard> shards(Dataset<Row> rows, String position, String key, String value, ShardedCall call) {
        if (call.batch() != 1) {
            throw new IllegalArgumentException("rows are keys of one sequence, but the spec's batch is " + call.batch()
                    + "; make shards of your own, or a call for each batch entry");
        }
        Dataset<Row> sorted = rows.select(
                        functions.col(position).cast(DataTypes.LongType).as("position"),
                        functions.col(key).cast(DataTypes.createArrayType(DataTypes.FloatType)),
                        functions.col(value).cast(DataTypes.createArrayType(DataTypes.FloatType)))
                .sortWithinPartitions("position");
        // Rows as Spark keeps them: the others have an object for each number.
        return sorted.queryExecution().toRdd().toJavaRDD().mapPartitions(partition -> new KeyRows(partition, call));
    }

    private void advance() {
        next = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public KeyShard next() {
        if (next == null) {
            throw new NoSuchElementException();
        }
        int first = position();
        int count = 0;
        while (next != null && count < mostRows && position() == first + count) {
            read("key", KEY, keyColumns, keys, count);
            read("value", VALUE, valueColumns, values, count);
            count++;
            advance();
        }
        return new KeyShard(first, count, byHead(keys, count, call.headDim()), byHead(values, count, call.valueDim()));
    }

    private int position() {
        if (next.isNullAt(POSITION)) {
            throw new IllegalArgumentException("each row must have a position, but one has none");
        }
        long position = next.getLong(POSITION);
        if (position < 0 || position > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "positions must be between 0 and " + Integer.MAX_VALUE + ", but one is " + position);
        }
        return (int) position;
    }

    private void read(String name, int column, int elements, float[] all, int row) {
        ArrayData array = next.isNullAt(column) ? null : next.getArray(column);
        boolean fits = array != null && array.numElements() == elements;
        for (int i = 0; fits && i < elements; i++) {
            fits = !array.isNullAt(i);
        }
        if (!fits) {
            throw new IllegalArgumentException("the " + name + " at position " + position() + " must have " + elements
                    + " numbers, but has "
                    + (array == null
                            ? "none"
                            : array.numElements() == elements ? "a null among them" : array.numElements()));
        }
        System.arraycopy(array.toFloatArray(), 0, all, row * elements, elements);
    }

    /** A copy as [kvHeads, rows, columns]. */
    private float[] byHead(float[] rowsFirst, int count, int columns) {
        int heads = call.kvHeads();
        if (heads == 1) {
            return Arrays.copyOf(rowsFirst, count * columns);
        }
        float[] headsFirst = new float[heads * count * columns];
        for (int row = 0; row < count; row++) {
            for (int head = 0; head < heads; head++) {
                System.arraycopy(
                        rowsFirst, (row * heads + head) * columns, headsFirst, (head * count + row) * columns, columns);
            }
        }
        return headsFirst;
    }
}
