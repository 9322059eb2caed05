package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.memory.Codec;

/** Rows of keys or values as they are stored: of any type, at a distance from each other, maybe with scales. */
public final class StoredRows {
    /** Bytes that a processor fetches together. */
    private static final int LINE = 64;

    public Codec codec = Codec.F32;
    public Object array;

    /** Where the first of them begins, in elements of the array. */
    public int at;

    public int stride;

    /** What the elements of each row or group are multiplied with; null without. */
    public float[] scales;

    /** Scales of a row that loops multiply with, a group a scale; 0 where a row has one that is left to others. */
    public int groups;

    StoredRows() {}

    /** Rows that lie one behind the other. */
    public static StoredRows of(Codec codec, Object array, int stride, float[] scales, int groups) {
        StoredRows rows = new StoredRows();
        rows.show(codec, array, 0, stride, scales, groups);
        return rows;
    }

    void show(Codec codec, Object array, int at, int stride, float[] scales, int groups) {
        this.codec = codec;
        this.array = array;
        this.at = at;
        this.stride = stride;
        this.scales = scales;
        this.groups = groups;
    }

    /**
     * Reads a number of each line of memory that some rows of so many elements of the array lie in, one line after the
     * other, which a processor sees and fetches those behind. The loops of products, which go through several rows at a
     * time, would wait for many of them.
     *
     * @return a sum of these numbers, which somebody has to keep, else nothing would be read
     */
    int fetch(int rows, int columns) {
        if (stride == columns) {
            return fetchElements(at, rows * columns);
        }
        int sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += fetchElements(at + row * stride, columns);
        }
        return sum;
    }

    private int fetchElements(int from, int count) {
        if (array instanceof float[] floats) {
            return fetch(floats, from, from + count);
        }
        if (array instanceof short[] shorts) {
            return fetch(shorts, from, from + count);
        }
        return fetch((byte[]) array, from, from + count);
    }

    private static int fetch(float[] array, int from, int end) {
        int sum = 0;
        for (int i = from; i < end; i += LINE / Float.BYTES) {
            sum += Float.floatToRawIntBits(array[i]);
        }
        return sum;
    }

    private static int fetch(short[] array, int from, int end) {
        int sum = 0;
        for (int i = from; i < end; i += LINE / Short.BYTES) {
            sum += array[i];
        }
        return sum;
    }

    private static int fetch(byte[] array, int from, int end) {
        int sum = 0;
        for (int i = from; i < end; i += LINE) {
            sum += array[i];
        }
        return sum;
    }
}
