package io.github.attention4j.spark;

/** The gradient of a block of queries, as far as it comes from some of the keys. */
final class GradientPart implements Part {
    private static final long serialVersionUID = 1;

    private final float[] gradient;

    GradientPart(float[] gradient) {
        this.gradient = gradient;
    }

    float[] gradient() {
        return gradient;
    }

    @Override
    public Part merge(Part other) {
        float[] that = ((GradientPart) other).gradient;
        float[] sum = new float[gradient.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = gradient[i] + that[i];
        }
        return new GradientPart(sum);
    }
}
