package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.LinearSpecBuilder;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.ArrayList;
import java.util.List;

/** Small layers with the operands, types and options of larger ones. */
final class SmallSpecs {
    /** Rows of tables. */
    static final int TABLE = 30;

    private static final int ROWS = 20;
    private static final int COLUMNS = 40;
    private static final int OUT_FEATURES = 36;
    /** One of its entries has no rows. */
    private static final int[] OFFSETS = {0, 7, 7, ROWS};

    private SmallSpecs() {}

    static LayerSpec of(LayerSpec spec) {
        if (spec instanceof LinearSpec linear) {
            return linear(linear);
        }
        if (spec instanceof NormSpec norm) {
            return norm(norm);
        }
        if (spec instanceof ActivationSpec activation) {
            ActivationSpec small = activation.isGated()
                    ? ActivationSpec.gated(activation.activation(), ROWS, COLUMNS)
                    : ActivationSpec.of(activation.activation(), ROWS, COLUMNS);
            DType out = type(spec, activation.isBackward() ? LayerOperand.GRAD_OUT : LayerOperand.OUT);
            small = small.withTypes(type(spec, LayerOperand.INPUT), out);
            return activation.isBackward() ? small.backward() : small;
        }
        if (spec instanceof EmbeddingSpec embedding) {
            return embedding(embedding);
        }
        PoolingSpec pooling = (PoolingSpec) spec;
        PoolingSpec small = pooling.isMean()
                ? PoolingSpec.mean(OFFSETS.length - 1, ROWS, COLUMNS)
                : PoolingSpec.first(OFFSETS.length - 1, ROWS, COLUMNS);
        small = small.withTypes(type(spec, LayerOperand.INPUT), type(spec, LayerOperand.OUT));
        return pooling.isNormalized() ? small.withNormalization() : small;
    }

    /** Where entry i of pooled rows begins. */
    static int offset(int i) {
        return OFFSETS[i];
    }

    private static LinearSpec linear(LinearSpec spec) {
        LinearSpecBuilder small = LinearSpec.builder()
                .rows(Math.min(ROWS, spec.rows())) // few ones have kernels of their own
                .inFeatures(COLUMNS)
                .outFeatures(OUT_FEATURES)
                .activation(spec.activation())
                .precision(spec.precision());
        type(small, LayerOperand.INPUT, spec, LayerOperand.INPUT, LayerOperand.GRAD_INPUT);
        type(small, LayerOperand.WEIGHT, spec, LayerOperand.WEIGHT);
        type(small, LayerOperand.OUT, spec, LayerOperand.OUT, LayerOperand.GRAD_OUT);
        if (spec.has(LayerOperand.BIAS) || spec.has(LayerOperand.GRAD_BIAS)) {
            small.bias();
            type(small, LayerOperand.BIAS, spec, LayerOperand.BIAS);
        }
        if (spec.has(LayerOperand.RESIDUAL)) {
            small.residual();
            type(small, LayerOperand.RESIDUAL, spec, LayerOperand.RESIDUAL);
        }
        if (!spec.isBackward()) {
            return small.build();
        }
        List<LayerOperand> gradients = new ArrayList<>();
        for (LayerOperand operand : LayerOperand.values()) {
            if (operand.isOutput() && spec.has(operand)) {
                gradients.add(operand);
            }
        }
        LinearSpec backward = small.build().backward(gradients.toArray(LayerOperand[]::new));
        return spec.accumulates() ? backward.accumulating() : backward;
    }

    /** The type of the first of some operands that the spec has. */
    private static void type(LinearSpecBuilder small, LayerOperand operand, LayerSpec spec, LayerOperand... of) {
        for (LayerOperand candidate : of) {
            if (spec.has(candidate)) {
                small.type(operand, type(spec, candidate));
                return;
            }
        }
    }

    private static NormSpec norm(NormSpec spec) {
        NormSpec small = spec.isCentred()
                ? NormSpec.layerNorm(ROWS, COLUMNS, spec.epsilon())
                : NormSpec.rmsNorm(ROWS, COLUMNS, spec.epsilon());
        small = spec.has(LayerOperand.BIAS) ? small : small.withoutBias();
        small = spec.has(LayerOperand.RESIDUAL) ? small.withResidual() : small;
        small = spec.has(LayerOperand.SUM) ? small.withSum() : small;
        for (LayerOperand operand : LayerOperand.values()) {
            small = spec.has(operand) ? small.withType(operand, type(spec, operand)) : small;
        }
        return small;
    }

    private static EmbeddingSpec embedding(EmbeddingSpec spec) {
        EmbeddingSpec small = EmbeddingSpec.of(ROWS, COLUMNS, TABLE);
        small = spec.positions() > 0 ? small.withPositions(TABLE) : small;
        small = spec.has(LayerOperand.BIAS) ? small.withBias() : small;
        for (LayerOperand operand : LayerOperand.values()) {
            boolean isTyped = spec.has(operand) && type(spec, operand) != DType.I32;
            small = isTyped ? small.withType(operand, type(spec, operand)) : small;
        }
        return small;
    }

    private static DType type(LayerSpec spec, LayerOperand operand) {
        return spec.operand(operand).dtype();
    }
}
