package io.github.attention4j.examples.dates;

import java.util.Arrays;

/** Attention and its gradients as the formulas have them, in double. */
final class PlainAttention implements Attention {
    @Override
    public Outputs forward(Inputs in) {
        int rows = in.batch() * in.queries();
        float[] out = new float[rows * in.width()];
        float[] lse = new float[rows];
        for (int row = 0; row < rows; row++) {
            double[] weights = new double[in.keys()];
            lse[row] = (float) fillWeights(in, row, weights);
            for (int d = 0; d < in.width(); d++) {
                double sum = 0;
                for (int key = 0; key < in.keys(); key++) {
                    sum += weights[key] * in.value()[keyAt(in, row, key) + d];
                }
                out[row * in.width() + d] = (float) sum;
            }
        }
        return new Outputs(out, lse);
    }

    @Override
    public float[] weights(Inputs in) {
        float[] all = new float[in.batch() * in.queries() * in.keys()];
        for (int row = 0; row < in.batch() * in.queries(); row++) {
            double[] weights = new double[in.keys()];
            fillWeights(in, row, weights);
            for (int key = 0; key < in.keys(); key++) {
                all[row * in.keys() + key] = (float) weights[key];
            }
        }
        return all;
    }

    @Override
    public InputGradients backward(Inputs in, Outputs outputs, float[] gradOut) {
        int width = in.width();
        double[] gradQuery = new double[in.query().length];
        double[] gradKey = new double[in.key().length];
        double[] gradValue = new double[in.value().length];
        double[] gradVector = new double[width];
        for (int row = 0; row < in.batch() * in.queries(); row++) {
            double[] weights = new double[in.keys()];
            fillWeights(in, row, weights);
            double delta = 0;
            for (int d = 0; d < width; d++) {
                delta += (double) gradOut[row * width + d] * outputs.out()[row * width + d];
            }
            for (int key = 0; key < in.keyLengths()[row / in.queries()]; key++) {
                int at = keyAt(in, row, key);
                double gradWeight = 0;
                for (int d = 0; d < width; d++) {
                    gradWeight += (double) gradOut[row * width + d] * in.value()[at + d];
                    gradValue[at + d] += weights[key] * gradOut[row * width + d];
                }
                double gradScore = weights[key] * (gradWeight - delta);
                for (int d = 0; d < width; d++) {
                    int q = row * width + d;
                    if (in.isAdditive()) {
                        double t = tanh((double) in.query()[q] + in.key()[at + d]);
                        double through = gradScore * in.vector()[d] * (1 - t * t);
                        gradQuery[q] += through;
                        gradKey[at + d] += through;
                        gradVector[d] += gradScore * t;
                    } else {
                        gradQuery[q] += gradScore * in.key()[at + d];
                        gradKey[at + d] += gradScore * in.query()[q];
                    }
                }
            }
        }
        return new InputGradients(
                floats(gradQuery), floats(gradKey), floats(gradValue), in.isAdditive() ? floats(gradVector) : null);
    }

    /** {@link Math#tanh} takes several times as long. */
    private static double tanh(double x) {
        return 1 - 2 / (1 + Math.exp(2 * x));
    }

    private static float[] floats(double[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    private static int keyAt(Inputs in, int row, int key) {
        return (row / in.queries() * in.keys() + key) * in.width();
    }

    /** Returns the log-sum-exp. */
    private static double fillWeights(Inputs in, int row, double[] weights) {
        int length = in.keyLengths()[row / in.queries()];
        for (int key = 0; key < length; key++) {
            double score = 0;
            for (int d = 0; d < in.width(); d++) {
                double q = in.query()[row * in.width() + d];
                double k = in.key()[keyAt(in, row, key) + d];
                score += in.isAdditive() ? in.vector()[d] * tanh(q + k) : q * k;
            }
            weights[key] = score;
        }
        double max = Arrays.stream(weights, 0, length).max().orElseThrow();
        double sum = 0;
        for (int key = 0; key < length; key++) {
            weights[key] = Math.exp(weights[key] - max);
            sum += weights[key];
        }
        for (int key = 0; key < length; key++) {
            weights[key] /= sum;
        }
        return max + Math.log(sum);
    }
}
