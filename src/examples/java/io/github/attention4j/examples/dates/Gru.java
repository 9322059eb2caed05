package io.github.attention4j.examples.dates;

import io.github.attention4j.examples.dates.Parameters.Parameter;

/**
 * A gated recurrent unit (Cho et al., 2014; the reset gate behind the product, as cuDNN has it) that reads characters:
 *
 * <pre>
 *     reset, update = σ(input[character] + state · weight + bias)
 *     candidate     = tanh(input[character] + reset ∘ (state · weight + bias))
 *     next state    = update ∘ state + (1 − update) ∘ candidate
 * </pre>
 *
 * A character chooses a row, which is what a matrix makes of a vector with a single 1.
 */
final class Gru {
    private final int width;
    private final Parameter input;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * What one run over a batch leaves behind.
     *
     * @param characters [step][sequence]
     * @param states [step + 1][sequence][width], first the state before the first step
     * @param gates [step][sequence][4 · width]: reset, update, candidate, and the product under the reset gate
     */
    record Run(int[][] characters, float[][][] states, float[][][] gates) {}

    Gru(Parameters parameters, String name, int characters, int width) {
        this.width = width;
        input = parameters.add(name + ", input", characters, 3 * width, width);
        weight = parameters.add(name + ", state", width, 3 * width, width);
        bias = parameters.add(name + ", bias", 1, 3 * width, width);
    }

    /** From a state of zeros over all steps. */
    Run run(int[][] characters) {
        int steps = characters.length;
        int sequences = characters[0].length;
        Run run = new Run(characters, new float[steps + 1][sequences][width], new float[steps][sequences][4 * width]);
        for (int step = 0; step < steps; step++) {
            step(characters[step], run.states[step], run.gates[step], run.states[step + 1]);
        }
        return run;
    }

    /** The states after one more step. */
    float[][] next(int[] characters, float[][] states) {
        float[][] next = new float[states.length][width];
        step(characters, states, new float[states.length][4 * width], next);
        return next;
    }

    private void step(int[] characters, float[][] states, float[][] gates, float[][] next) {
        float[][] products = Rows.repeated(bias.row(), states.length);
        Rows.addProduct(states, weight.values(), products);
        for (int i = 0; i < states.length; i++) {
            gate(input.values()[characters[i]], products[i], states[i], gates[i], next[i]);
        }
    }

    private void gate(float[] in, float[] product, float[] state, float[] gate, float[] next) {
        for (int j = 0; j < 2 * width; j++) {
            gate[j] = sigmoid(in[j] + product[j]);
        }
        for (int j = 0; j < width; j++) {
            float under = product[2 * width + j];
            float update = gate[width + j];
            float candidate = tanh(in[2 * width + j] + gate[j] * under);
            gate[2 * width + j] = candidate;
            gate[3 * width + j] = under;
            next[j] = update * state[j] + (1 - update) * candidate;
        }
    }

    /**
     * Backward through a run.
     *
     * @param gradStates [step][sequence][width]: what comes in for the state after each step; is used up
     */
    void backward(Run run, float[][][] gradStates, Gradients gradients) {
        float[][] transposed = Rows.transposed(weight.values());
        for (int step = gradStates.length - 1; step >= 0; step--) {
            float[][] gradProducts = new float[gradStates[step].length][3 * width];
            // Of the state before the first step nobody asks.
            float[][] gradBefore = step > 0 ? gradStates[step - 1] : new float[gradProducts.length][width];
            for (int i = 0; i < gradProducts.length; i++) {
                float[] gradInput = gradients.of(input)[run.characters[step][i]];
                gateBackward(
                        gradStates[step][i],
                        run.states[step][i],
                        run.gates[step][i],
                        gradInput,
                        gradProducts[i],
                        gradBefore[i]);
            }
            Rows.addProduct(gradProducts, transposed, gradBefore);
            Rows.addTransposedProduct(run.states[step], gradProducts, gradients.of(weight));
            Rows.addSum(gradProducts, gradients.row(bias));
        }
    }

    private void gateBackward(
            float[] gradNext, float[] state, float[] gate, float[] gradInput, float[] gradProduct, float[] gradBefore) {
        for (int j = 0; j < width; j++) {
            float reset = gate[j];
            float update = gate[width + j];
            float candidate = gate[2 * width + j];
            float grad = gradNext[j];
            float gradCandidate = grad * (1 - update) * (1 - candidate * candidate);
            float gradReset = gradCandidate * gate[3 * width + j] * reset * (1 - reset);
            float gradUpdate = grad * (state[j] - candidate) * update * (1 - update);
            gradProduct[j] = gradReset;
            gradProduct[width + j] = gradUpdate;
            gradProduct[2 * width + j] = gradCandidate * reset;
            gradInput[j] += gradReset;
            gradInput[width + j] += gradUpdate;
            gradInput[2 * width + j] += gradCandidate;
            gradBefore[j] += grad * update;
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    /** By one exponential; {@link Math#tanh} takes several times as long. */
    static float tanh(float x) {
        return (float) (1 - 2 / (1 + Math.exp(2 * (double) x)));
    }
}
