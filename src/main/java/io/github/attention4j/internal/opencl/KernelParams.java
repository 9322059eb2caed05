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

    /** The struct for dense [batch, head, row, column] tensors. */
    static ByteBuffer dense(AttentionSpec spec, int groupQueries) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        strides(bytes, spec.heads(), spec.queryLength(), spec.headDim());
        strides(bytes, spec.kvHeads(), spec.keyLength(), spec.headDim());
        strides(bytes, spec.kvHeads(), spec.keyLength(), spec.valueDim());
        strides(bytes, spec.heads(), spec.queryLength(), spec.valueDim());
        for (int tensor = 0; tensor < 5; tensor++) {
            bytes.putLong(0); // every tensor starts at the start of its buffer
        }
        bytes.putInt(spec.heads());
        bytes.putInt(spec.groupSize());
        bytes.putInt(spec.queryLength());
        bytes.putInt(spec.keyLength());
        bytes.putInt(groupQueries);
        bytes.putInt(causalOffset(spec));
        bytes.putFloat((float) (spec.scale() * LOG2_E));
        return bytes.clear();
    }

    private static void strides(ByteBuffer bytes, int heads, int rows, int columns) {
        long head = (long) rows * columns;
        bytes.putLong(heads * head).putLong(head).putLong(columns);
    }

    private static int causalOffset(AttentionSpec spec) {
        return spec.mask() instanceof Mask.Causal causal ? causal.offset(spec.queryLength(), spec.keyLength()) : 0;
    }
}
