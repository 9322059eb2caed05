package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;
import java.util.Objects;

/**
 * An activation by itself, where no linear layer takes it along:
 *
 * <pre>
 * plain:  out[r][c] = activation(input[r][c])
 * gated:  out[r][c] = activation(input[r][c]) · input[r][columns + c]
 * </pre>
 *
 * <p>Gated with {@link Activation#SILU} it is SwiGLU, with {@link Activation#GELU} GeGLU, over what one linear layer
 * with both weights gives. Operands: input [rows, columns], gated [rows, 2 · columns], and out [rows, columns], in F32,
 * F16 or BF16. Plain, out may be the tensor of input if types and layouts are equal. Each method returns a new spec;
 * {@link #backward} that of the gradient.
 */
public final class ActivationSpec implements LayerSpec {
    private final Activation activation;
    private final int rows;
    private final int columns;
    private final boolean gated;
    private final boolean backward;
    private final LayerForm form;
    private final LayerOperands operands;

    private ActivationSpec(
            Activation activation, int rows, int columns, boolean gated, boolean backward, LayerForm form) {
        this.activation = activation;
        this.rows = rows;
        this.columns = columns;
        this.gated = gated;
        this.backward = backward;
        this.form = form;
        TensorSpec input = form.tensor(INPUT, rows, gated ? 2 * columns : columns);
        TensorSpec out = form.tensor(OUT, rows, columns);
        operands = new LayerOperands().with(INPUT, input).with(backward ? GRAD_OUT : OUT, out);
        if (backward) {
            operands.with(GRAD_INPUT, input);
        }
    }

    private static ActivationSpec of(Activation activation, int rows, int columns, boolean gated) {
        Objects.requireNonNull(activation, "activation");
        LayerChecks.atLeastOne("rows", rows);
        LayerChecks.atLeastOne("columns", columns);
        if (columns > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException(
                    "columns must be at most " + Integer.MAX_VALUE / 2 + ", but is " + columns);
        }
        return new ActivationSpec(activation, rows, columns, gated, false, new LayerForm());
    }

    /** Of each element. */
    public static ActivationSpec of(Activation activation, int rows, int columns) {
        return of(activation, rows, columns, false);
    }

    /**
     * Of the first half of each row, times the second.
     *
     * @param columns of out, half of those of input
     */
    public static ActivationSpec gated(Activation activation, int rows, int columns) {
        return of(activation, rows, columns, true);
    }

    private ActivationSpec with(LayerForm changed) {
        if (backward) {
            throw new IllegalArgumentException(
                    "types and places of gradients are those of what they are gradients of; set them before backward()");
        }
        return new ActivationSpec(activation, rows, columns, gated, false, changed);
    }

    /**
     * The gradient of a loss with respect to input, from that with respect to out: {@link LayerOperand#GRAD_INPUT} lies
     * as input does and may be its tensor, {@link LayerOperand#GRAD_OUT} as out does.
     *
     * @throws IllegalArgumentException if this is one already
     */
    public ActivationSpec backward() {
        if (backward) {
            throw new IllegalArgumentException("this spec computes a gradient already; call backward on the layer's");
        }
        return new ActivationSpec(activation, rows, columns, gated, true, form);
    }

    /** Whether this computes the gradient, and not the layer. */
    public boolean isBackward() {
        return backward;
    }

    /** Types of input and out. */
    public ActivationSpec withTypes(DType input, DType out) {
        return with(form.type(INPUT, input).type(OUT, out));
    }

    /** The distance from one row of input or out to the next in elements, at least its columns. */
    public ActivationSpec withRowStride(LayerOperand operand, long rowStride) {
        LayerChecks.requireOneOf(operand, INPUT, OUT);
        return with(form.rowStride(operand, rowStride));
    }

    /** The first element of input or out in its tensor. */
    public ActivationSpec withStart(LayerOperand operand, long start) {
        LayerChecks.requireOneOf(operand, INPUT, OUT);
        return with(form.start(operand, start));
    }

    /** The function. */
    public Activation activation() {
        return activation;
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Elements of a row of out. */
    public int columns() {
        return columns;
    }

    /** Whether the second half of a row of input multiplies the first. */
    public boolean isGated() {
        return gated;
    }

    @Override
    public boolean has(LayerOperand operand) {
        return operands.has(operand);
    }

    @Override
    public TensorSpec operand(LayerOperand operand) {
        return operands.get(operand);
    }

    @Override
    public boolean mayShare(LayerOperand output, LayerOperand input) {
        return (output == OUT || output == GRAD_INPUT) && operands.areAlike(output, input);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ActivationSpec that
                && activation == that.activation
                && gated == that.gated
                && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return operands.hashCode() + 31 * (activation.ordinal() + (gated ? 31 : 0));
    }

    /** "gated SILU: 128 rows of 384, input F32, out F32". */
    @Override
    public String toString() {
        return (backward ? "gradient of " : "") + (gated ? "gated " : "") + activation + ": " + rows + " rows of "
                + columns + ", " + operands;
    }
}
