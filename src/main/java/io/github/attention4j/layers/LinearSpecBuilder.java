package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT_SCALES;

import io.github.attention4j.DType;
import io.github.attention4j.Precision;
import io.github.attention4j.TensorSpec;
import java.util.Objects;

/** Asks for a linear layer. What is not set: no bias, activation or residual; everything F32 and dense. */
public final class LinearSpecBuilder {
    private int rows;
    private int inFeatures;
    private int outFeatures;
    private boolean bias;
    private boolean residual;
    private Activation activation = Activation.NONE;
    private Precision precision = Precision.AS_STORED;
    private LayerForm form = new LayerForm();

    LinearSpecBuilder() {}

    /** Rows of input and out, at least 1. */
    public LinearSpecBuilder rows(int rows) {
        this.rows = LayerChecks.atLeastOne("rows", rows);
        return this;
    }

    /** Elements of a row of input, at least 1. */
    public LinearSpecBuilder inFeatures(int inFeatures) {
        this.inFeatures = LayerChecks.atLeastOne("inFeatures", inFeatures);
        return this;
    }

    /** Elements of a row of out, at least 1. */
    public LinearSpecBuilder outFeatures(int outFeatures) {
        this.outFeatures = LayerChecks.atLeastOne("outFeatures", outFeatures);
        return this;
    }

    /** Calls have {@link LayerOperand#BIAS}. */
    public LinearSpecBuilder bias() {
        bias = true;
        return this;
    }

    /** Calls have {@link LayerOperand#RESIDUAL}, which is added after the activation. */
    public LinearSpecBuilder residual() {
        residual = true;
        return this;
    }

    /** What is applied to each sum. */
    public LinearSpecBuilder activation(Activation activation) {
        this.activation = Objects.requireNonNull(activation, "activation");
        return this;
    }

    /**
     * With {@link Precision#BF16}, input and weight may be rounded to bf16 before they are multiplied, where the device
     * is faster then.
     */
    public LinearSpecBuilder precision(Precision precision) {
        this.precision = Objects.requireNonNull(precision, "precision");
        return this;
    }

    /** Types of input, weight and out; a residual has that of out, unless {@link #type} gives it another. */
    public LinearSpecBuilder types(DType input, DType weight, DType out) {
        return type(INPUT, input).type(WEIGHT, weight).type(OUT, out);
    }

    /** The type of an operand: F32, F16 or BF16, of a weight also I8. */
    public LinearSpecBuilder type(LayerOperand operand, DType type) {
        LayerChecks.requireOneOf(operand, INPUT, WEIGHT, BIAS, RESIDUAL, OUT);
        form = form.type(operand, type, operand == WEIGHT);
        return this;
    }

    /**
     * The distance from one row of input, weight, residual or out to the next in elements, at least its columns; what
     * lies between is neither read nor written.
     */
    public LinearSpecBuilder rowStride(LayerOperand operand, long rowStride) {
        LayerChecks.requireOneOf(operand, INPUT, WEIGHT, RESIDUAL, OUT);
        form = form.rowStride(operand, rowStride);
        return this;
    }

    /** The first element of input, weight, residual or out in its tensor. */
    public LinearSpecBuilder start(LayerOperand operand, long start) {
        LayerChecks.requireOneOf(operand, INPUT, WEIGHT, RESIDUAL, OUT);
        form = form.start(operand, start);
        return this;
    }

    /**
     * Checks the whole request.
     *
     * @throws IllegalArgumentException if a size was not set, or what was given does not fit together
     */
    public LinearSpec build() {
        LayerChecks.requireSet("rows", rows);
        LayerChecks.requireSet("inFeatures", inFeatures);
        LayerChecks.requireSet("outFeatures", outFeatures);
        requireAskedFor(BIAS, bias, "bias()");
        requireAskedFor(RESIDUAL, residual, "residual()");
        LayerOperands operands = new LayerOperands()
                .with(INPUT, form.tensor(INPUT, rows, inFeatures))
                .with(WEIGHT, form.tensor(WEIGHT, outFeatures, inFeatures))
                .with(OUT, form.tensor(OUT, rows, outFeatures));
        if (operands.get(WEIGHT).dtype().isQuantised()) {
            operands.with(WEIGHT_SCALES, TensorSpec.dense(DType.F32, 1, 1, 1, outFeatures));
        }
        if (bias) {
            operands.with(BIAS, form.tensor(BIAS, 1, outFeatures));
        }
        if (residual) {
            operands.with(RESIDUAL, form.tensor(RESIDUAL, OUT, rows, outFeatures));
        }
        return new LinearSpec(rows, inFeatures, outFeatures, activation, precision, false, operands);
    }

    private void requireAskedFor(LayerOperand operand, boolean isWanted, String how) {
        if (!isWanted && form.has(operand)) {
            throw new IllegalArgumentException("a type or layout of " + operand.label()
                    + " is given, but the layer has none; ask for " + how + " too");
        }
    }
}
