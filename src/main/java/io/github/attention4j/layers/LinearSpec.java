package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT_SCALES;

import io.github.attention4j.DType;
import io.github.attention4j.Precision;
import io.github.attention4j.TensorSpec;

/**
 * A linear layer with what is joined to it:
 *
 * <pre>out[r][m] = activation(Σₖ input[r][k] · weight[m][k] (· weight_scales[m]) + bias[m]) + residual[r][m]</pre>
 *
 * <p>Operands, sums in 32-bit floats whatever their types:
 *
 * <ul>
 *   <li>input [rows, inFeatures] in F32, F16 or BF16
 *   <li>weight [outFeatures, inFeatures], as PyTorch keeps it, in F32, F16, BF16 or I8; several layers over the same
 *       input, as the projections to query, key and value, are one with the rows of all weights
 *   <li>weight_scales [1, outFeatures] in F32, with a weight of I8
 *   <li>bias [1, outFeatures] in F32, F16 or BF16
 *   <li>residual [rows, outFeatures] in F32, F16 or BF16; may be the tensor of out, if types and layouts are equal
 *   <li>out [rows, outFeatures] in F32, F16 or BF16
 * </ul>
 *
 * <p>{@link #backward} is the spec of the gradients.
 */
public final class LinearSpec implements LayerSpec {
    private final int rows;
    private final int inFeatures;
    private final int outFeatures;
    private final Activation activation;
    private final Precision precision;
    private final boolean accumulates;
    private final LayerOperands operands;

    LinearSpec(
            int rows,
            int inFeatures,
            int outFeatures,
            Activation activation,
            Precision precision,
            boolean accumulates,
            LayerOperands operands) {
        this.rows = rows;
        this.inFeatures = inFeatures;
        this.outFeatures = outFeatures;
        this.activation = activation;
        this.precision = precision;
        this.accumulates = accumulates;
        this.operands = operands;
    }

    /** A new request: rows, inFeatures and outFeatures must be set. */
    public static LinearSpecBuilder builder() {
        return new LinearSpecBuilder();
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Elements of a row of input. */
    public int inFeatures() {
        return inFeatures;
    }

    /** Elements of a row of out. */
    public int outFeatures() {
        return outFeatures;
    }

    /** What is applied to each sum. */
    public Activation activation() {
        return activation;
    }

    /** How exactly input and weight must be multiplied. */
    public Precision precision() {
        return precision;
    }

    /** Whether this computes gradients, and not the layer. */
    public boolean isBackward() {
        return has(GRAD_OUT);
    }

    /** Of gradients, whether they are added to what is there. */
    public boolean accumulates() {
        return accumulates;
    }

    @Override
    public boolean has(LayerOperand operand) {
        return operands.has(operand);
    }

    @Override
    public TensorSpec operand(LayerOperand operand) {
        return operands.get(operand);
    }

    /** Out may be the residual: each element is read before it is written. */
    @Override
    public boolean mayShare(LayerOperand output, LayerOperand input) {
        return output == OUT && input == RESIDUAL && operands.areAlike(OUT, RESIDUAL);
    }

    /**
     * The gradients of a loss with respect to input, weight and, if there is one, bias, from that with respect to out:
     *
     * <pre>grad_input = grad_out · weight    grad_weight = grad_outᵀ · input    grad_bias = Σᵣ grad_out[r]</pre>
     *
     * <p>Deterministic. Its operands are input, weight and grad_out, which has the type and layout of out, and the
     * gradients: grad_input has those of input, grad_weight and grad_bias are dense and F32. With respect to a residual
     * the gradient is grad_out itself.
     *
     * @throws IllegalArgumentException if there is an activation (compute it by a spec of its own), or the weight is I8
     *     (name {@code GRAD_INPUT} alone then: {@link #backward(LayerOperand...)})
     */
    public LinearSpec backward() {
        return has(BIAS) ? backward(GRAD_INPUT, GRAD_WEIGHT, GRAD_BIAS) : backward(GRAD_INPUT, GRAD_WEIGHT);
    }

    /**
     * Likewise, only these gradients and what they are computed from.
     *
     * @throws IllegalArgumentException likewise, or if one is not a gradient of this layer
     */
    public LinearSpec backward(LayerOperand... gradients) {
        LinearGradients.check(this, gradients);
        LayerOperands all = new LayerOperands().with(GRAD_OUT, operand(OUT));
        for (LayerOperand gradient : gradients) {
            switch (gradient) {
                case GRAD_INPUT -> {
                    all.with(WEIGHT, operand(WEIGHT));
                    if (has(WEIGHT_SCALES)) {
                        all.with(WEIGHT_SCALES, operand(WEIGHT_SCALES));
                    }
                    all.with(GRAD_INPUT, operand(INPUT));
                }
                case GRAD_WEIGHT -> {
                    all.with(INPUT, operand(INPUT));
                    all.with(GRAD_WEIGHT, TensorSpec.dense(DType.F32, 1, 1, outFeatures, inFeatures));
                }
                default -> all.with(GRAD_BIAS, TensorSpec.dense(DType.F32, 1, 1, 1, outFeatures));
            }
        }
        return new LinearSpec(rows, inFeatures, outFeatures, Activation.NONE, precision, false, all);
    }

    /**
     * These gradients, added to what their tensors hold.
     *
     * @throws IllegalArgumentException if this computes no gradients
     */
    public LinearSpec accumulating() {
        if (!isBackward()) {
            throw new IllegalArgumentException(
                    "only gradients are added to what is there, but this spec computes the layer; give out as"
                            + " residual() to add to it");
        }
        return new LinearSpec(rows, inFeatures, outFeatures, activation, precision, true, operands);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinearSpec that
                && rows == that.rows
                && inFeatures == that.inFeatures
                && outFeatures == that.outFeatures
                && activation == that.activation
                && precision == that.precision
                && accumulates == that.accumulates
                && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return operands.hashCode() + 31 * (activation.ordinal() + 31 * (rows + 31 * (inFeatures + 31 * outFeatures)));
    }

    /** "linear: 128 rows of 384 -> 1536, GELU, input F32, weight F32, …". */
    @Override
    public String toString() {
        return (isBackward() ? "gradients of linear: " : "linear: ") + rows + " rows of " + inFeatures + " -> "
                + outFeatures + (activation == Activation.NONE ? "" : ", " + activation) + ", " + operands
                + (accumulates ? ", added" : "");
    }
}
