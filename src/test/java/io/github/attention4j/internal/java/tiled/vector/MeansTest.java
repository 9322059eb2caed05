package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class MeansTest {
    private static final int ROWS = 7;

    /** Before vectors are compiled and after: of usual totals, and with one that only a limit keeps from infinity. */
    @Test
    void areThoseOfEachNumber() {
        float[] special = {0.5f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        Random random = new Random(1);
        for (int round = 0; round < 2_500; round++) {
            float[] totals = new float[ROWS * LANES];
            float[] sum = new float[LANES];
            for (int i = 0; i < totals.length; i++) {
                totals[i] = random.nextFloat() - 0.5f;
            }
            for (int lane = 0; lane < LANES; lane++) {
                sum[lane] = 0.1f + random.nextFloat();
            }
            totals[random.nextInt(totals.length)] = special[round % special.length];
            float[] means = totals.clone();
            VectorMeans.divide(means, ROWS, sum);
            for (int i = 0; i < totals.length; i++) {
                float wanted = Softmax.mean(totals[i], 1 / sum[i % LANES]);
                assertEquals(wanted, means[i], "round " + round + ", " + totals[i] + " / " + sum[i % LANES]);
            }
            for (int i = 0; i < 20; i++) {
                VectorMeans.divide(totals.clone(), ROWS, sum);
            }
            LockSupport.parkNanos(1_000_000); // a loop of vectors is looked at now and then
        }
    }
}
