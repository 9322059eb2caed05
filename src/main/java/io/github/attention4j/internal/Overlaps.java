package io.github.attention4j.internal;

import io.github.attention4j.TensorSpec;

/** Whether elements of tensors lie on one another, by their layouts. */
public final class Overlaps {
    private static final int NONE = -1;

    private Overlaps() {}

    /**
     * A stride that is too small for what lies within it, so that elements of the tensor may be one and the same, or
     * null if there is none: sorted by stride, each dimension must step over everything within.
     */
    public static String within(TensorSpec tensor) {
        int[] sizes = {tensor.batch(), tensor.heads(), tensor.rows()};
        long extent = tensor.rowUnits();
        for (int next = smallest(tensor, sizes); next != NONE; next = smallest(tensor, sizes)) {
            long stride = stride(tensor, next);
            if (stride < extent) {
                return "a stride of " + stride + " over " + extent + " elements";
            }
            extent = stride * (sizes[next] - 1) + extent;
            sizes[next] = 1;
        }
        return null;
    }

    private static int smallest(TensorSpec tensor, int[] sizes) {
        int smallest = NONE;
        for (int i = 0; i < sizes.length; i++) {
            boolean isLess = smallest == NONE || stride(tensor, i) < stride(tensor, smallest);
            smallest = sizes[i] > 1 && isLess ? i : smallest;
        }
        return smallest;
    }

    private static long stride(TensorSpec tensor, int dimension) {
        return switch (dimension) {
            case 0 -> tensor.layout().batchStride();
            case 1 -> tensor.layout().headStride();
            default -> tensor.layout().rowStride();
        };
    }

    /**
     * Whether two tensors in one array are known to have no element in common: they lie behind one another, or as
     * packed projections do, in different columns of a stride that all larger ones are multiples of.
     */
    public static boolean areApart(TensorSpec a, TensorSpec b) {
        if (a.extent() <= b.layout().start() || b.extent() <= a.layout().start()) {
            return true;
        }
        for (int dimension = 0; dimension < 3; dimension++) {
            long period = stride(a, dimension);
            if (period > 0 && fits(a, period) && fits(b, period)) {
                long first = a.layout().start() % period;
                long second = b.layout().start() % period;
                if (first + span(a, period) <= second || second + span(b, period) <= first) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fits(TensorSpec tensor, long period) {
        return tensor.layout().start() % period + span(tensor, period) <= period;
    }

    /** Elements from the first to the last along all that is no multiple of the period. */
    private static long span(TensorSpec tensor, long period) {
        int[] sizes = {tensor.batch(), tensor.heads(), tensor.rows()};
        long span = tensor.rowUnits();
        for (int i = 0; i < sizes.length; i++) {
            span += stride(tensor, i) % period == 0 ? 0 : stride(tensor, i) * (sizes[i] - 1);
        }
        return span;
    }
}
