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

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Precision;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * Numbers for a linear layer or its gradients, and what is right: computed here once more, in double precision and in
 * plain floats, whose error says what is allowed.
 */
final class LinearProblem {
    /** How a product is put together. */
    private enum Arithmetic {
        DOUBLE,
        FLOAT
    }

    final LinearSpec spec;
    private final Map<LayerOperand, Object> arrays = new EnumMap<>(LayerOperand.class);

    LinearProblem(LinearSpec spec, long seed) {
        this.spec = spec;
        Random random = new Random(seed);
        for (LayerOperand operand : LayerOperand.values()) {
            if (spec.has(operand)) {
                arrays.put(operand, filled(operand, random));
            }
        }
    }

    private Object filled(LayerOperand operand, Random random) {
        TensorSpec tensor = spec.operand(operand);
        Object array = Elements.poisoned(tensor);
        if (tensor.dtype() == DType.I8) {
            random.nextBytes((byte[]) array);
            return array;
        }
        Elements elements = new Elements(tensor, array);
        float size = operand == WEIGHT_SCALES ? 0.01f : 1;
        for (int row = 0; row < tensor.rows() && (!operand.isOutput() || spec.accumulates()); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                elements.set(0, 0, row, column, size * (float) random.nextGaussian());
            }
        }
        return array;
    }

    /** Sets an element of an input. */
    void set(LayerOperand operand, int row, int column, float value) {
        new Elements(spec.operand(operand), arrays.get(operand)).set(0, 0, row, column, value);
    }

    /** Computes on an engine and judges all outputs. */
    void check(AttentionEngine engine) {
        LayerCall.run(engine, spec, arrays).forEach(this::judge);
    }

    private void judge(LayerOperand output, Object array) {
        double[] exact = answer(output, Arithmetic.DOUBLE);
        double[] plain = answer(output, Arithmetic.FLOAT);
        double plainError = 0;
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(plain[i] - exact[i]);
            plainError = error < Double.POSITIVE_INFINITY ? Math.max(plainError, error) : plainError;
            largest = Double.isFinite(exact[i]) ? Math.max(largest, Math.abs(exact[i])) : largest;
        }
        double allowed = Budget.allowed(plainError, largest) + rounded(output);
        LayerCall.judge(spec, output, array, exact, i -> allowed);
    }

    /** What rounding both factors to bf16 may do: eight deviations of a sum of as many errors as there are products. */
    private double rounded(LayerOperand output) {
        int products = output == OUT ? spec.inFeatures() : output == GRAD_INPUT ? spec.outFeatures() : spec.rows();
        return spec.precision() == Precision.BF16 ? 8 * 0x1p-8 * Math.sqrt(products) : 0;
    }

    private double[] answer(LayerOperand output, Arithmetic arithmetic) {
        TensorSpec tensor = spec.operand(output);
        double[] answer = new double[tensor.rows() * tensor.columns()];
        for (int i = 0; i < answer.length; i++) {
            int row = i / tensor.columns();
            int column = i % tensor.columns();
            answer[i] = output == OUT ? out(row, column, arithmetic) : gradient(output, row, column, arithmetic);
        }
        return answer;
    }

    private double out(int row, int column, Arithmetic arithmetic) {
        double sum = 0;
        for (int k = 0; k < spec.inFeatures(); k++) {
            sum = plus(sum, get(INPUT, row, k) * get(WEIGHT, column, k), arithmetic);
        }
        sum = spec.has(WEIGHT_SCALES) ? sum * get(WEIGHT_SCALES, 0, column) : sum;
        sum = spec.has(BIAS) ? plus(sum, get(BIAS, 0, column), arithmetic) : sum;
        sum = activated(spec.activation(), sum);
        return spec.has(RESIDUAL) ? plus(sum, get(RESIDUAL, row, column), arithmetic) : sum;
    }

    static double activated(Activation activation, double x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> Math.max(0, x);
            case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case SILU -> x / (1 + Math.exp(-x));
        };
    }

    /** By Simpson's rule, which shares nothing with what is tested. */
    static double erf(double x) {
        double end = Math.min(Math.abs(x), 7);
        int steps = 1000;
        double width = end / steps;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double t = i * width;
            sum += bell(t) + 4 * bell(t + width / 2) + bell(t + width);
        }
        return Math.signum(x) * sum * width / 6 * 2 / Math.sqrt(Math.PI);
    }

    private static double bell(double t) {
        return Math.exp(-t * t);
    }

    private double gradient(LayerOperand output, int row, int column, Arithmetic arithmetic) {
        double sum = 0;
        if (output == GRAD_INPUT) {
            for (int m = 0; m < spec.outFeatures(); m++) {
                double scale = spec.has(WEIGHT_SCALES) ? get(WEIGHT_SCALES, 0, m) : 1;
                sum = plus(sum, get(GRAD_OUT, row, m) * get(WEIGHT, m, column) * scale, arithmetic);
            }
        } else {
            for (int r = 0; r < spec.rows(); r++) {
                double term =
                        output == GRAD_BIAS ? get(GRAD_OUT, r, column) : get(GRAD_OUT, r, row) * get(INPUT, r, column);
                sum = plus(sum, term, arithmetic);
            }
        }
        return output == GRAD_WEIGHT || output == GRAD_INPUT || output == GRAD_BIAS
                ? accumulated(output, row, column, sum)
                : sum;
    }

    private double accumulated(LayerOperand output, int row, int column, double sum) {
        return spec.accumulates() ? sum + get(output, row, column) : sum;
    }

    private static double plus(double sum, double term, Arithmetic arithmetic) {
        return arithmetic == Arithmetic.FLOAT ? (float) sum + (float) term : sum + term;
    }

    private double get(LayerOperand operand, int row, int column) {
        TensorSpec tensor = spec.operand(operand);
        Object array = arrays.get(operand);
        Elements elements = new Elements(tensor, array);
        int at = elements.at(0, 0, row, column);
        return array instanceof byte[] bytes ? bytes[at] : elements.getAt(at);
    }
}
