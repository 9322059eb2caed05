package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.SUM;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;

/**
 * Rows brought to the same size, each by itself, with x = input + residual in 32-bit floats:
 *
 * <pre>
 * layer norm:  out = (x − mean(x)) / √(mean((x − mean(x))²) + epsilon) · weight + bias
 * RMS norm:    out = x / √(mean(x²) + epsilon) · weight
 * </pre>
 *
 * <p>Operands: input and residual [rows, columns], weight and bias [1, columns], out and, for models that go on with
 * it, sum [rows, columns], which is x; all in F32, F16 or BF16. Out or sum may be the tensor of input or residual, if
 * types and layouts are equal. Each method returns a new spec.
 */
public final class NormSpec implements LayerSpec {
    private final int rows;
    private final int columns;
    private final double epsilon;
    private final Parts parts;
    private final LayerForm form;
    private final LayerOperands operands;

    /** What there is beside input, weight and out. */
    private record Parts(boolean centred, boolean bias, boolean residual, boolean sum) {}

    private NormSpec(int rows, int columns, double epsilon, Parts parts, LayerForm form) {
        this.rows = rows;
        this.columns = columns;
        this.epsilon = epsilon;
        this.parts = parts;
        this.form = form;
        operands = new LayerOperands()
                .with(INPUT, form.tensor(INPUT, rows, columns))
                .with(WEIGHT, form.tensor(WEIGHT, 1, columns))
                .with(OUT, form.tensor(OUT, rows, columns));
        if (parts.bias) {
            operands.with(BIAS, form.tensor(BIAS, WEIGHT, 1, columns));
        }
        if (parts.residual) {
            operands.with(RESIDUAL, form.tensor(RESIDUAL, INPUT, rows, columns));
        }
        if (parts.sum) {
            operands.with(SUM, form.tensor(SUM, INPUT, rows, columns));
        }
    }

    private static NormSpec of(int rows, int columns, double epsilon, boolean centred) {
        LayerChecks.atLeastOne("rows", rows);
        LayerChecks.atLeastOne("columns", columns);
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("epsilon must be a number of at least 0, but is " + epsilon);
        }
        return new NormSpec(rows, columns, epsilon, new Parts(centred, centred, false, false), new LayerForm());
    }

    /** Layer norm with weight and bias. */
    public static NormSpec layerNorm(int rows, int columns, double epsilon) {
        return of(rows, columns, epsilon, true);
    }

    /** RMS norm with weight. */
    public static NormSpec rmsNorm(int rows, int columns, double epsilon) {
        return of(rows, columns, epsilon, false);
    }

    private NormSpec with(Parts changed) {
        return new NormSpec(rows, columns, epsilon, changed, form);
    }

    private NormSpec with(LayerForm changed) {
        return new NormSpec(rows, columns, epsilon, parts, changed);
    }

    /** Calls have no bias. */
    public NormSpec withoutBias() {
        return with(new Parts(parts.centred, false, parts.residual, parts.sum));
    }

    /** Calls have {@link LayerOperand#RESIDUAL}, which is added before anything else. */
    public NormSpec withResidual() {
        return with(new Parts(parts.centred, parts.bias, true, parts.sum));
    }

    /** Calls have {@link LayerOperand#SUM}, to which input + residual is written. */
    public NormSpec withSum() {
        return with(new Parts(parts.centred, parts.bias, parts.residual, true));
    }

    /** Types of input, which residual and sum have too, of weight and bias, and of out. */
    public NormSpec withTypes(DType input, DType weight, DType out) {
        return with(form.type(INPUT, input).type(WEIGHT, weight).type(OUT, out));
    }

    /** The type of an operand. */
    public NormSpec withType(LayerOperand operand, DType type) {
        LayerChecks.requireOneOf(operand, INPUT, WEIGHT, BIAS, RESIDUAL, SUM, OUT);
        return with(form.type(operand, type));
    }

    /** The distance from one row of input, residual, sum or out to the next in elements, at least the columns. */
    public NormSpec withRowStride(LayerOperand operand, long rowStride) {
        LayerChecks.requireOneOf(operand, INPUT, RESIDUAL, SUM, OUT);
        return with(form.rowStride(operand, rowStride));
    }

    /** The first element of input, residual, sum or out in its tensor. */
    public NormSpec withStart(LayerOperand operand, long start) {
        LayerChecks.requireOneOf(operand, INPUT, RESIDUAL, SUM, OUT);
        return with(form.start(operand, start));
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Elements of a row. */
    public int columns() {
        return columns;
    }

    /** Added to the mean of the squares. */
    public double epsilon() {
        return epsilon;
    }

    /** Whether the mean is subtracted, as layer norm does and RMS norm does not. */
    public boolean isCentred() {
        return parts.centred;
    }

    @Override
    public boolean has(LayerOperand operand) {
        return operands.has(operand);
    }

    @Override
    public TensorSpec operand(LayerOperand operand) {
        return operands.get(operand);
    }

    /** Each element is read for the last time right before it is written. */
    @Override
    public boolean mayShare(LayerOperand output, LayerOperand input) {
        return (output == OUT || output == SUM)
                && (input == INPUT || input == RESIDUAL)
                && operands.areAlike(output, input);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NormSpec that
                && rows == that.rows
                && columns == that.columns
                && Double.compare(epsilon, that.epsilon) == 0
                && parts.centred == that.parts.centred
                && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return operands.hashCode() + 31 * (Double.hashCode(epsilon) + (parts.centred ? 1 : 0));
    }

    /** "layer norm: 128 rows of 384, epsilon 1.0E-12, input F32, …". */
    @Override
    public String toString() {
        return (parts.centred ? "layer norm: " : "RMS norm: ") + rows + " rows of " + columns + ", epsilon " + epsilon
                + ", " + operands;
    }
}
