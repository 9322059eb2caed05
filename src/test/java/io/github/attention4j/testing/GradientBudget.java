package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.testing.PlainGradients.Arithmetic;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How wrong gradients may be: at most three times the largest error of plain float arithmetic on the same input, plus a
 * few roundings of the magnitudes that were summed up for the element, plus half a unit in the last place of a 16-bit
 * type. Where weights and gradients of scores are rounded to 16 bits before they are multiplied, as matrix units and
 * products of pairs want them, each term of the gradients of query, key and value may be wrong by half a unit in their
 * last place on top, which is 2^-8 of it for bf16 and 2^-11 for f16. What of an output's array is no element of an
 * entry's row must still be what it was.
 */
public final class GradientBudget {
    private static final double FACTOR = 3;
    /** Roundings of a float, of Σ|terms|. */
    private static final double FLOOR = 4 * 0x1p-24;

    /** Roundings of a double, likewise: scales and dropout's factor are floats in one place or another. */
    private static final double SAME = 0x1p-24;

    private final AttentionSpec spec;
    private final AttentionArrays inputs;
    private final Map<Operand, double[]> exact;
    private final Map<Operand, double[]> plain;
    private final Map<Operand, double[]> terms;

    private GradientBudget(AttentionSpec spec, AttentionArrays inputs) {
        this.spec = spec;
        this.inputs = inputs;
        exact = ReferenceGradients.of(spec, inputs);
        plain = PlainGradients.of(spec, inputs, Arithmetic.FLOAT);
        terms = PlainGradients.of(spec, inputs, Arithmetic.TERMS);
    }

    public static GradientBudget of(AttentionSpec spec, AttentionArrays inputs) {
        return new GradientBudget(spec, inputs);
    }

    /** Checks that two definitions in double precision, the library's and one written apart from it, are the same. */
    public void checkReference() {
        PlainGradients.of(spec, inputs, Arithmetic.DOUBLE).forEach((operand, numbers) -> {
            for (int i = 0; i < numbers.length; i++) {
                double error = Math.abs(numbers[i] - exact.get(operand)[i]);
                if (error > SAME * terms.get(operand)[i]) {
                    throw new AssertionError(operand.label() + " " + i + " is " + exact.get(operand)[i] + ", but "
                            + numbers[i] + " by the other definition");
                }
            }
        });
    }

    /**
     * Checks all gradients.
     *
     * @param before what the outputs were before the call
     * @param rounded what type factors were rounded to, or null
     * @throws AssertionError saying which element is wrong, by how much, and what is allowed
     */
    public void check(String name, AttentionArrays before, AttentionArrays outputs, DType rounded) {
        Map<Operand, double[]> magnitudes =
                rounded == null ? new EnumMap<>(Operand.class) : PlainGradients.of(spec, inputs, Arithmetic.MAGNITUDES);
        magnitudes.keySet().retainAll(List.of(Operand.GRAD_QUERY, Operand.GRAD_KEY, Operand.GRAD_VALUE));
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                check(
                        name,
                        operand,
                        Elements.of(spec, before, operand),
                        Elements.of(spec, outputs, operand),
                        magnitudes.get(operand),
                        rounded);
            }
        }
    }

    private void check(
            String name, Operand operand, Elements before, Elements after, double[] magnitudes, DType rounded) {
        TensorSpec tensor = spec.operand(operand);
        double[] should = exact.get(operand);
        double plainError = 0;
        for (int i = 0; i < should.length; i++) {
            double error = Math.abs(plain.get(operand)[i] - should[i]);
            plainError = Double.isFinite(error) ? Math.max(plainError, error) : plainError;
        }
        boolean[] written = new boolean[after.length()];
        for (int i = 0; i < should.length; i++) {
            int column = i % tensor.columns();
            int row = i / tensor.columns() % tensor.rows();
            int head = i / tensor.columns() / tensor.rows() % tensor.heads();
            int batch = i / tensor.columns() / tensor.rows() / tensor.heads();
            if (!isOfAnEntry(operand, row)) {
                continue;
            }
            int at = after.at(batch, head, row, column);
            written[at] = true;
            double was = spec.accumulates() ? before.getAt(at) : 0;
            double wanted = should[i] + was;
            double allowed = FACTOR * plainError
                    + FLOOR * (terms.get(operand)[i] + Math.abs(was))
                    + (magnitudes == null ? 0 : halfUnit(rounded) * magnitudes[i])
                    + rounding(tensor.dtype(), wanted);
            double error = after.isPoison(at) ? Double.POSITIVE_INFINITY : Math.abs(after.getAt(at) - wanted);
            if (!(error <= allowed) && !isNan(wanted, after, at)) {
                throw new AssertionError(
                        "%s: %s at [%d, %d, %d, %d] %s, but should be %s: error %.3g, allowed %.3g (plain float has %.3g)"
                                .formatted(
                                        name,
                                        operand.label(),
                                        batch,
                                        head,
                                        row,
                                        column,
                                        after.isPoison(at) ? "was not written" : "is " + after.getAt(at),
                                        wanted,
                                        error,
                                        allowed,
                                        plainError));
            }
        }
        for (int at = 0; at < written.length; at++) {
            if (!written[at] && Float.floatToRawIntBits(after.getAt(at)) != Float.floatToRawIntBits(before.getAt(at))) {
                throw new AssertionError(name + ": element " + at + " of the array of " + operand.label()
                        + " belongs to no row of an entry, but " + after.getAt(at) + " was written to it");
            }
        }
    }

    /** Half a unit in the last place of a 16-bit type, of the numbers that begin a power of two. */
    private static double halfUnit(DType type) {
        return type == DType.F16 ? 0x1p-11 : 0x1p-8;
    }

    private static boolean isNan(double wanted, Elements after, int at) {
        return Double.isNaN(wanted) && Float.isNaN(after.getAt(at)) && !after.isPoison(at);
    }

    private boolean isOfAnEntry(Operand operand, int row) {
        boolean ofQueries = operand == Operand.GRAD_QUERY && spec.has(Operand.QUERY_OFFSETS);
        boolean ofKeys =
                (operand == Operand.GRAD_KEY || operand == Operand.GRAD_VALUE) && spec.has(Operand.KEY_OFFSETS);
        if (!ofQueries && !ofKeys) {
            return true;
        }
        Elements offsets = Elements.of(spec, inputs, ofQueries ? Operand.QUERY_OFFSETS : Operand.KEY_OFFSETS);
        for (int batch = 0; batch < spec.batch(); batch++) {
            if (offsets.getInt(batch, 0, 0) <= row && row < offsets.getInt(batch + 1, 0, 0)) {
                return true;
            }
        }
        return false;
    }

    private static double rounding(DType type, double exact) {
        double size = Double.isFinite(exact) ? Math.abs(exact) : 0;
        return switch (type) {
            case F16 -> size * 0x1p-11 + 0x1p-25;
            case BF16 -> size * 0x1p-8;
            default -> 0;
        };
    }
}
