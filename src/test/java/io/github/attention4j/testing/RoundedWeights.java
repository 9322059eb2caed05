package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;

/**
 * What it may do to an output that each weight p was rounded to the 16 bits of the values (with {@link Precision#BF16}
 * to those of bf16) before it was multiplied, while their sum was not. The output is then the sum of p(1 + d)v, with
 * |d| at most half a unit in the last place: 2^-11 for f16, 2^-8 for bf16. So its error is at most that times the sum
 * of p|v|, which is attention over |v|. Weights of f16 are scaled so that the largest of a tile is 2^15; one that is so
 * small as to be denormal is wrong by at most 2^-25, 2^-40 of the largest, which is far below what {@link Budget}
 * allows always.
 */
final class RoundedWeights {
    private static final double HALF_UNIT_F16 = 0x1p-11;
    private static final double HALF_UNIT_BF16 = 0x1p-8;

    private RoundedWeights() {}

    /** For each element of the output, of the rows of a sample. */
    static double[] errors(AttentionSpec spec, AttentionArrays inputs, Sample sample) {
        AttentionArrays absolute = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (inputs.get(operand) != null) {
                HostArrays.put(absolute, operand, inputs.get(operand));
            }
        }
        if (inputs.get(Operand.VALUE) instanceof float[] floats) {
            float[] values = floats.clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]);
            }
            absolute.with(Operand.VALUE, values);
        } else {
            short[] values = ((short[]) inputs.get(Operand.VALUE)).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] &= 0x7fff; // without the sign, in both types
            }
            absolute.with(Operand.VALUE, values);
        }
        boolean f16 = spec.operand(Operand.VALUE).dtype() == DType.F16 && spec.precision() != Precision.BF16;
        double[] errors = sample.isAll()
                ? ReferenceAttention.attend(spec, absolute).out()
                : PlainAttention.attend(spec, absolute, Arithmetic.DOUBLE, sample)
                        .out();
        for (int i = 0; i < errors.length; i++) {
            // What is infinite or NaN is compared as such and has no error.
            errors[i] = Double.isFinite(errors[i]) ? errors[i] * (f16 ? HALF_UNIT_F16 : HALF_UNIT_BF16) : 0;
        }
        return errors;
    }
}
