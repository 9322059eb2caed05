package io.github.attention4j.internal;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.TensorSpec;
import java.util.Objects;

/** The tensors of {@link io.github.attention4j.AttentionEngine#merge}, checked. */
public record MergeCall(
        DeviceTensor firstOut,
        DeviceTensor firstLse,
        DeviceTensor secondOut,
        DeviceTensor secondLse,
        DeviceTensor out,
        DeviceTensor lse) {

    /**
     * Checks shapes, types, and that outputs are apart from what is read.
     *
     * @throws IllegalArgumentException naming the tensor that does not fit
     */
    public MergeCall {
        Objects.requireNonNull(firstOut, "firstOut");
        Objects.requireNonNull(firstLse, "firstLse");
        Objects.requireNonNull(secondOut, "secondOut");
        Objects.requireNonNull(secondLse, "secondLse");
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(lse, "lse");
        Shapes.requireFloat("first out", firstOut);
        Shapes.requireFloat("out", out);
        if (secondOut.dtype() != firstOut.dtype()) {
            throw new IllegalArgumentException(
                    "both parts must have the same type, but have " + firstOut.dtype() + " and " + secondOut.dtype());
        }
        int[] size = {firstOut.batch(), firstOut.heads(), firstOut.rows(), firstOut.columns()};
        Shapes.check("second out", secondOut, size[0], size[1], size[2], size[3]);
        Shapes.check("out", out, size[0], size[1], size[2], size[3]);
        TensorSpec logarithms = TensorSpec.dense(DType.F32, size[0], size[1], size[2], 1);
        Shapes.check("first lse", firstLse, logarithms);
        Shapes.check("second lse", secondLse, logarithms);
        Shapes.check("lse", lse, logarithms);
        Shapes.requireApart("out", out, "lse", lse);
        Shapes.requireApartOrSame("out", out, "first out", firstOut);
        Shapes.requireApartOrSame("out", out, "second out", secondOut);
        Shapes.requireApartOrSame("lse", lse, "first lse", firstLse);
        Shapes.requireApartOrSame("lse", lse, "second lse", secondLse);
        Shapes.requireApart("out", out, "first lse", firstLse);
        Shapes.requireApart("out", out, "second lse", secondLse);
        Shapes.requireApart("lse", lse, "first out", firstOut);
        Shapes.requireApart("lse", lse, "second out", secondOut);
    }
}
