package io.github.attention4j.internal.plan.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
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
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A product of matrices that a kernel of linear layers computes: the layer itself or one of its gradients.
 *
 * @param spec whose it is
 * @param input what rows are of; "turned" if they are its columns
 * @param isInputTurned whether they are
 * @param weight what columns are of, likewise
 * @param isWeightTurned whether they are its columns
 * @param out what is written; of gradients that are added, it is the residual too
 * @param rows of out
 * @param depth products in a sum
 * @param columns of out
 */
record LinearProduct(
        LinearSpec spec,
        LayerOperand input,
        boolean isInputTurned,
        LayerOperand weight,
        boolean isWeightTurned,
        LayerOperand out,
        int rows,
        int depth,
        int columns) {

    /** All of a spec. */
    static List<LinearProduct> of(LinearSpec spec) {
        int rows = spec.rows();
        int in = spec.inFeatures();
        int all = spec.outFeatures();
        if (!spec.isBackward()) {
            return List.of(new LinearProduct(spec, INPUT, false, WEIGHT, false, OUT, rows, in, all));
        }
        List<LinearProduct> products = new ArrayList<>();
        if (spec.has(GRAD_INPUT)) {
            products.add(new LinearProduct(spec, GRAD_OUT, false, WEIGHT, true, GRAD_INPUT, rows, all, in));
        }
        if (spec.has(GRAD_WEIGHT)) {
            products.add(new LinearProduct(spec, GRAD_OUT, true, INPUT, true, GRAD_WEIGHT, all, rows, in));
        }
        return products;
    }

    /** In the order of the kernel's arguments; null where there is none. */
    List<LayerOperand> operands() {
        return Arrays.asList(input, weight, scales(), spec.has(BIAS) ? BIAS : null, residual(), out);
    }

    private LayerOperand scales() {
        return weight == WEIGHT && spec.has(WEIGHT_SCALES) ? WEIGHT_SCALES : null;
    }

    LayerOperand residual() {
        return spec.accumulates() ? out : spec.has(RESIDUAL) ? RESIDUAL : null;
    }

    Activation activation() {
        return spec.activation();
    }

    TensorSpec tensor(LayerOperand operand) {
        return spec.operand(operand);
    }

    /**
     * In which type of 16 bits factors may be multiplied; null if in none, for the reason of {@link #pairsObstacle}.
     */
    DType halfType() {
        DType second = tensor(weight).dtype();
        boolean isF16 =
                tensor(input).dtype() == DType.F16 && (second == DType.F16 || second == DType.I8 && !isWeightTurned);
        return isF16 ? DType.F16 : pairsObstacle() == null ? DType.BF16 : null;
    }

    /** Why factors must not be multiplied as bf16, or null. */
    String pairsObstacle() {
        DType first = tensor(input).dtype();
        DType second = tensor(weight).dtype();
        boolean areExact = first == DType.BF16 && (second == DType.BF16 || second == DType.I8 && !isWeightTurned);
        return areExact || spec.precision() == Precision.BF16
                ? null
                : input.label() + " and " + weight.label() + " are " + first + " and " + second
                        + "; precision(Precision.BF16) lets them be rounded to bf16";
    }
}
