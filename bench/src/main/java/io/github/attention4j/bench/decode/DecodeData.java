package io.github.attention4j.bench.decode;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.util.SplittableRandom;

/**
 * Random rows, near to normally distributed, each made again whenever it is wanted: a cache's keys and values need not
 * be in Java's memory as a whole.
 */
final class DecodeData {
    static final int QUERY = 0;
    static final int KEY = 1;
    static final int VALUE = 2;

    private static final double ONE = Math.sqrt(3) / (1 << 16);

    private DecodeData() {}

    /** Fills {@code to[at]} and the following with a row of queries, keys or values. */
    static void row(int what, int entry, int head, int row, float[] to, int at) {
        SplittableRandom random = new SplittableRandom(((what * 64L + entry) * 64 + head) << 32 | row);
        for (int i = 0; i < DecodeCase.HEAD_DIM; i++) {
            long bits = random.nextLong();
            long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
            to[at + i] = (float) ((sum - (2 << 16)) * ONE);
        }
    }

    /**
     * Fills in the keys or values of a head, as its cache keeps them.
     *
     * @return the largest scale, 0 where there are none
     */
    static float stored(DecodeCase problem, int what, int entry, int head, float[] to) {
        float[] row = new float[DecodeCase.HEAD_DIM];
        float largestScale = 0;
        for (int key = 0; key < problem.keys(); key++) {
            row(what, entry, head, key, row, 0);
            largestScale = Math.max(largestScale, store(problem.type(), row));
            System.arraycopy(row, 0, to, key * row.length, row.length);
        }
        return largestScale;
    }

    /**
     * Makes of a row what a cache of this type keeps of it: the largest of those that share a scale gets the largest
     * whole number.
     *
     * @return the largest scale, 0 where there are none
     */
    static float store(DType type, float[] row) {
        if (!type.isQuantised()) {
            if (type != DType.F32) {
                System.arraycopy(Half.decode(type, Half.encode(type, row)), 0, row, 0, row.length);
            }
            return 0;
        }
        int group = type == DType.I8 ? row.length : DType.GROUP;
        float largestScale = 0;
        for (int from = 0; from < row.length; from += group) {
            float largest = 0;
            for (int i = from; i < from + group; i++) {
                largest = Math.max(largest, Math.abs(row[i]));
            }
            float scale = largest / (type == DType.I8 ? 127 : 7);
            float inverse = 1 / scale;
            for (int i = from; i < from + group; i++) {
                row[i] = (float) Math.rint(row[i] * inverse) * scale;
            }
            largestScale = Math.max(largestScale, scale);
        }
        return largestScale;
    }
}
