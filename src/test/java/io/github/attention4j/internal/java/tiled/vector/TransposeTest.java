package io.github.attention4j.internal.java.tiled.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TransposeTest {
    private static final int POISON = 0x7fc0beef;

    private final Random random = new Random(1);

    /** Before vectors are compiled and after; whole squares of all vector lengths, and what is left over of them. */
    @Test
    void rowsBecomeColumnsAndNothingElseIsWritten() {
        for (int round = 0; round < 480; round++) {
            for (int rows : new int[] {1, 4, 15, 16, 17, 32, 33, 64}) {
                for (int columns : new int[] {1, 3, 8, 16, 40, 64, 79}) {
                    check(rows, columns, columns + round % 3, rows + round % 2);
                }
            }
            LockSupport.parkNanos(5_000_000); // a loop of vectors is looked at now and then
        }
    }

    private void check(int rows, int columns, int stride, int targetStride) {
        int at = 3;
        int to = 5;
        float[] source = new float[at + rows * stride];
        for (int i = 0; i < source.length; i++) { // any bits, those of NaNs too
            source[i] = Float.intBitsToFloat(random.nextInt() | 1 << 22);
        }
        float[] target = new float[to + columns * targetStride + 7];
        Arrays.fill(target, Float.intBitsToFloat(POISON));
        new Transpose().turn(source, at, stride, rows, columns, target, to, targetStride);
        int[] wanted = new int[target.length];
        Arrays.fill(wanted, POISON);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                wanted[to + column * targetStride + row] = Float.floatToRawIntBits(source[at + row * stride + column]);
            }
        }
        for (int i = 0; i < target.length; i++) {
            assertEquals(wanted[i], Float.floatToRawIntBits(target[i]), rows + " x " + columns + ": " + i);
        }
    }
}
