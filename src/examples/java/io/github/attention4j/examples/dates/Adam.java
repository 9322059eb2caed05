package io.github.attention4j.examples.dates;

import io.github.attention4j.examples.dates.Parameters.Parameter;

/** Adam (Kingma and Ba, 2015) with its usual constants. */
final class Adam {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float EPSILON = 1e-8f;

    private final Parameters parameters;
    private final Gradients means;
    private final Gradients squares;
    private int steps;

    Adam(Parameters parameters) {
        this.parameters = parameters;
        means = new Gradients(parameters);
        squares = new Gradients(parameters);
    }

    /** @param scale what the gradients are multiplied by first */
    void step(Gradients gradients, float scale, double rate) {
        steps++;
        // The means begin at zero; this is what they miss.
        double missing = Math.sqrt(1 - Math.pow(SQUARE_DECAY, steps)) / (1 - Math.pow(MEAN_DECAY, steps));
        for (Parameter p : parameters.all()) {
            for (int row = 0; row < p.values().length; row++) {
                step(p.values()[row], gradients.of(p)[row], means.of(p)[row], squares.of(p)[row], scale, (float)
                        (rate * missing));
            }
        }
    }

    private static void step(float[] values, float[] grads, float[] means, float[] squares, float scale, float rate) {
        for (int j = 0; j < values.length; j++) {
            float grad = grads[j] * scale;
            means[j] += (float) (1 - MEAN_DECAY) * (grad - means[j]);
            squares[j] += (float) (1 - SQUARE_DECAY) * (grad * grad - squares[j]);
            values[j] -= rate * means[j] / ((float) Math.sqrt(squares[j]) + EPSILON);
        }
    }
}
