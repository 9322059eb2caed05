package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What changes from call to call: the bytes of {@code AttnParams} in {@code kernels/lib/params.clh}, field by field in its order. */
final class KernelParams {
    /** 17 longs, 6 ints, 1 float, and padding to a whole number of longs. */
    static final int BYTES = 168;

    private static final double LOG2_E = 1.4426950408889634;

    private KernelParams() {}

    /**
     * Where a tensor lies in its buffer, in elements; columns are adjacent.
     *
     * @param start its first element
     * @param batch from one batch entry to the next
     * @param head from one head to the next
     * @param row from one row to the next
     */
    record Layout(long start, long batch, long head, long row) {
        /** The whole buffer, [batch, head, row, column]. */
        static Layout dense(int heads, int rows, int columns) {
            long head = (long) rows * columns;
            return new Layout(0, heads * head, head, columns);
        }
    }

    /** The struct for dense [batch, head, row, column] tensors. */
    static ByteBuffer dense(AttentionSpec spec, int groupQueries) {
        return of(
                spec,
                groupQueries,
                Layout.dense(spec.heads(), spec.queryLength(), spec.headDim()),
                Layout.dense(spec.kvHeads(), spec.keyLength(), spec.headDim()),
                Layout.dense(spec.kvHeads(), spec.keyLength(), spec.valueDim()),
                Layout.dense(spec.heads(), spec.queryLength(), spec.valueDim()));
    }

    /** The struct for tensors laid out in any way; log-sum-exp is dense. */
    static ByteBuffer of(AttentionSpec spec, int groupQueries, Layout query, Layout key, Layout value, Layout out) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        Layout[] layouts = {query, key, value, out};
        for (Layout layout : layouts) {
            bytes.putLong(layout.batch()).putLong(layout.head()).putLong(layout.row());
        }
        for (Layout layout : layouts) {
            bytes.putLong(layout.start());
        }
        bytes.putLong(0); // lse
        bytes.putInt(spec.heads());
        bytes.putInt(spec.groupSize());
        bytes.putInt(spec.queryLength());
        bytes.putInt(spec.keyLength());
        bytes.putInt(groupQueries);
        bytes.putInt(causalOffset(spec));
        bytes.putFloat((float) (spec.scale() * LOG2_E));
        return bytes.clear();
    }

    private static int causalOffset(AttentionSpec spec) {
        return spec.mask().alignment() == Mask.Alignment.BOTTOM_RIGHT ? spec.keyLength() - spec.queryLength() : 0;
    }
}
