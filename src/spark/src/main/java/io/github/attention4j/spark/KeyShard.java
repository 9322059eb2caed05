package io.github.attention4j.spark;

import java.io.Serializable;
import java.util.Objects;

/**
 * Consecutive keys of a sequence with their values, or the gradients of these: what an RDD has many of. Shards may be
 * of different lengths and come in any order; between them they hold each key once.
 */
public final class KeyShard implements Serializable {
    private static final long serialVersionUID = 1;

    // Fields, not a record: Kryo cannot write those.
    private final int firstKey;
    private final int rows;
    private final float[] key;
    private final float[] value;

    /**
     * Over arrays that are not copied.
     *
     * @param firstKey where the first row stands in the whole sequence, from 0 on
     * @param rows how many keys there are
     * @param key [batch, kvHeads, rows, headDim]
     * @param value [batch, kvHeads, rows, valueDim]
     * @throws IllegalArgumentException if a number is negative
     */
    public KeyShard(int firstKey, int rows, float[] key, float[] value) {
        if (firstKey < 0 || rows < 0) {
            throw new IllegalArgumentException(
                    "firstKey and rows must be at least 0, but are " + firstKey + " and " + rows);
        }
        this.firstKey = firstKey;
        this.rows = rows;
        this.key = Objects.requireNonNull(key, "key");
        this.value = Objects.requireNonNull(value, "value");
    }

    /** Where the first row stands in the whole sequence. */
    public int firstKey() {
        return firstKey;
    }

    /** How many keys there are. */
    public int rows() {
        return rows;
    }

    /** [batch, kvHeads, rows, headDim]; not a copy. */
    public float[] key() {
        return key;
    }

    /** [batch, kvHeads, rows, valueDim]; not a copy. */
    public float[] value() {
        return value;
    }
}
