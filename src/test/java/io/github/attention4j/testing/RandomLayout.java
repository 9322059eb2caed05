package io.github.attention4j.testing;

import io.github.attention4j.Layout;
import io.github.attention4j.TensorSpec;
import java.util.SplittableRandom;

/** Layouts with any order of dimensions, gaps between all of them, and a start that is aligned to nothing. */
public final class RandomLayout {
    private RandomLayout() {}

    /** @param repeating whether all batch entries or all heads share the same elements, as inputs may */
    public static Layout of(TensorSpec tensor, SplittableRandom random, boolean repeating) {
        int[] sizes = {tensor.batch(), tensor.heads(), tensor.rows()};
        int[] order = {0, 1, 2};
        for (int i = 2; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        long[] strides = new long[3];
        long extent = tensor.rowUnits();
        for (int dimension : order) {
            strides[dimension] = extent + random.nextInt(4);
            // The stride along a dimension of size 1 is never taken.
            extent = sizes[dimension] == 1 ? extent : strides[dimension] * (sizes[dimension] - 1) + extent;
        }
        if (repeating) {
            strides[random.nextInt(2)] = 0;
        }
        return new Layout(random.nextInt(10), strides[0], strides[1], strides[2]);
    }
}
