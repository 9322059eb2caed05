package io.github.attention4j.onnx;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.util.Arrays;

/**
 * The input attn_mask: booleans keep, floats are added. Its shape is right-aligned to [batch, heads, queries, keys],
 * and where it has fewer keys than there are, the rest is hidden. One key is such a case too: ONNX's operator pads it
 * and does not repeat it.
 */
final class OnnxMask {
    private final OnnxType type;
    private final int[] dims = {1, 1, 1, 1};
    private final double[] values;

    OnnxMask(OnnxTensor mask, int keys) {
        type = mask.type();
        if (type != OnnxType.BOOL && !type.isFloat()) {
            throw new IllegalArgumentException(
                    "attn_mask must be of booleans or floats, but is " + type + ", whose meaning ONNX does not say");
        }
        if (mask.rank() < 1 || mask.rank() > 4) {
            throw new IllegalArgumentException(
                    "attn_mask must have 1 to 4 dimensions, but is " + Arrays.toString(mask.dims()));
        }
        System.arraycopy(mask.dims(), 0, dims, 4 - mask.rank(), mask.rank());
        values = padded(mask.values(), Math.max(keys, dims[3]));
        dims[3] = Math.max(keys, dims[3]);
    }

    private double[] padded(double[] mask, int keys) {
        int rows = dims[0] * dims[1] * dims[2];
        double[] padded = new double[rows * keys];
        Arrays.fill(padded, type == OnnxType.BOOL ? 0 : Double.NEGATIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(mask, row * dims[3], padded, row * keys, dims[3]);
        }
        return padded;
    }

    /** Adds the operand to a spec, which checks that the shape fits. */
    void describe(AttentionSpecBuilder spec) {
        if (type == OnnxType.BOOL) {
            spec.keepMask(DType.U8, dims[0], dims[1], dims[2], dims[3]);
        } else {
            spec.bias(type.stored(), dims[0], dims[1], dims[2], dims[3]);
        }
    }

    /** The data for {@link #describe}. */
    void give(AttentionArrays arrays) {
        if (type != OnnxType.BOOL) {
            new OnnxTensor(type, dims, values).give(arrays, Operand.BIAS);
            return;
        }
        byte[] keep = new byte[values.length];
        for (int i = 0; i < keep.length; i++) {
            keep[i] = (byte) values[i];
        }
        arrays.with(Operand.KEEP_MASK, keep);
    }
}
