package io.github.attention4j.internal.plan.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.IDS;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OFFSETS;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.POSITION_IDS;
import static io.github.attention4j.layers.LayerOperand.POSITION_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.SUM;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;

import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.List;
import java.util.Map;

/**
 * A layer that treats each row by itself, as its kernel sees it.
 *
 * @param kernel the kernel function
 * @param arguments its arguments before the params, whether or not a spec has them
 * @param residual what comes as the residual of a row
 * @param out what is written as the output
 * @param columns of the output that work-items share out among them
 * @param macros what makes it this layer, beside types
 * @param epsilon a number of the layer's
 */
record RowLayer(
        String kernel,
        List<LayerOperand> arguments,
        LayerOperand residual,
        LayerOperand out,
        int columns,
        Map<String, Integer> macros,
        float epsilon) {
    private RowLayer(
            String kernel, List<LayerOperand> arguments, int columns, Map<String, Integer> macros, float epsilon) {
        this(kernel, arguments, RESIDUAL, OUT, columns, macros, epsilon);
    }

    static RowLayer of(LayerSpec spec) {
        if (spec instanceof NormSpec norm) {
            return new RowLayer(
                    "layer_norm",
                    List.of(INPUT, RESIDUAL, WEIGHT, BIAS, SUM, OUT),
                    norm.columns(),
                    Map.of("IS_CENTRED", flag(norm.isCentred())),
                    (float) norm.epsilon());
        }
        if (spec instanceof ActivationSpec activation) {
            return of(activation);
        }
        if (spec instanceof EmbeddingSpec embedding) {
            return new RowLayer(
                    "layer_embed",
                    List.of(IDS, WEIGHT, POSITION_IDS, POSITION_WEIGHT, BIAS, OUT),
                    embedding.columns(),
                    Map.of(),
                    0);
        }
        PoolingSpec pooling = (PoolingSpec) spec;
        return new RowLayer(
                "layer_pool",
                List.of(INPUT, OFFSETS, OUT),
                pooling.columns(),
                Map.of("IS_MEAN", flag(pooling.isMean()), "IS_NORMALIZED", flag(pooling.isNormalized())),
                0);
    }

    private static RowLayer of(ActivationSpec spec) {
        Map<String, Integer> macros = Map.of(
                "IS_GATED",
                flag(spec.isGated()),
                "ACTIVATION",
                spec.activation().ordinal());
        return spec.isBackward()
                ? new RowLayer(
                        "layer_activation_gradient",
                        List.of(INPUT, GRAD_OUT, GRAD_INPUT),
                        GRAD_OUT,
                        GRAD_INPUT,
                        spec.columns(),
                        macros,
                        0)
                : new RowLayer("layer_activation", List.of(INPUT, OUT), spec.columns(), macros, 0);
    }

    private static int flag(boolean on) {
        return on ? 1 : 0;
    }
}
