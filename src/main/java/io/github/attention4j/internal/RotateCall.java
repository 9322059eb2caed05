package io.github.attention4j.internal;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Rotary;
import io.github.attention4j.TensorSpec;
import java.util.Objects;

/**
 * A call of {@link io.github.attention4j.AttentionEngine#rotate}, checked.
 *
 * @param positions null where row i is at position i
 */
public record RotateCall(
        Rotary rotary,
        DeviceTensor source,
        DeviceTensor cos,
        DeviceTensor sin,
        DeviceTensor positions,
        DeviceTensor target) {

    /**
     * Checks shapes, types, and that the target is apart from what is read.
     *
     * @throws IllegalArgumentException naming the tensor that does not fit
     */
    public RotateCall {
        Objects.requireNonNull(rotary, "rotary");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(cos, "cos");
        Objects.requireNonNull(sin, "sin");
        Objects.requireNonNull(target, "target");
        Shapes.requireFloat("source", source);
        if ((long) source.batch() * source.heads() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("source must have at most " + Integer.MAX_VALUE
                    + " heads over its batch, which kernels count in 32 bits, but has " + source.batch() + " x "
                    + source.heads() + "; rotate the batch in several calls");
        }
        if (source.columns() < rotary.dim()) {
            throw new IllegalArgumentException("source must have at least " + rotary.dim()
                    + " columns, the rotary dim, but has " + source.columns());
        }
        TensorSpec same =
                TensorSpec.dense(source.dtype(), source.batch(), source.heads(), source.rows(), source.columns());
        Shapes.check("target", target, same);
        TensorSpec table = TensorSpec.dense(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
        Shapes.check("cos", cos, table);
        Shapes.check("sin", sin, table);
        if (positions != null) {
            int batch = positions.batch() == 1 ? 1 : source.batch();
            Shapes.check("positions", positions, TensorSpec.dense(DType.I32, batch, 1, source.rows(), 1));
        } else if (source.rows() > rotary.positions()) {
            throw new IllegalArgumentException("source has " + source.rows() + " rows, but the tables only "
                    + rotary.positions() + " positions; make longer tables, or give positions");
        }
        Shapes.requireApartOrSame("target", target, "source", source);
        Shapes.requireApart("target", target, "cos", cos);
        Shapes.requireApart("target", target, "sin", sin);
        Shapes.requireApart("target", target, "positions", positions);
    }
}
