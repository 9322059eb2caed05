package io.github.attention4j.layers;

import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Precision;
import io.github.attention4j.testing.Engines;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random linear layers and gradients of all sizes, types and layouts, by every family that computes them. */
class LinearSweepTest {
    private static final int CASES = 10;
    private static final DType[] FLOATS = {DType.F32, DType.F16, DType.BF16};
    private static final int[] SIZES = {1, 2, 5, 8, 16, 17, 31, 33, 64, 70, 129, 200};

    static Stream<KernelFamily> families() {
        return LinearTest.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyLayerIsThatOfTheDefinition(KernelFamily family) {
        Random random = new Random(20);
        for (int i = 0; i < CASES; i++) {
            new LinearProblem(spec(random), i).check(Engines.of(family));
        }
    }

    private static LinearSpec spec(Random random) {
        int in = any(random, SIZES) + (random.nextInt(6) == 0 ? 400 : 0); // beyond a tile of the depth
        int out = any(random, SIZES);
        LinearSpecBuilder layer =
                LinearSpec.builder().rows(any(random, SIZES)).inFeatures(in).outFeatures(out);
        DType input = any(random);
        DType weight = random.nextInt(4) == 0 ? DType.I8 : any(random);
        layer.types(input, weight, any(random));
        if (random.nextBoolean()) {
            layer.bias().type(LayerOperand.BIAS, any(random));
        }
        if (random.nextInt(3) == 0) {
            layer.precision(Precision.BF16);
        }
        if (random.nextInt(3) == 0) {
            layer.rowStride(LayerOperand.INPUT, in + random.nextInt(9)).start(LayerOperand.INPUT, random.nextInt(5));
            layer.rowStride(LayerOperand.OUT, out + random.nextInt(9)).start(LayerOperand.OUT, random.nextInt(5));
            layer.rowStride(LayerOperand.WEIGHT, in + random.nextInt(9));
        }
        if (random.nextInt(3) == 0) {
            LinearSpec spec = layer.build();
            LinearSpec backward = weight == DType.I8 ? spec.backward(LayerOperand.GRAD_INPUT) : spec.backward();
            return random.nextBoolean() ? backward : backward.accumulating();
        }
        if (random.nextBoolean()) {
            layer.residual().type(LayerOperand.RESIDUAL, any(random));
        }
        Activation[] activations = Activation.values();
        return layer.activation(activations[random.nextInt(activations.length)]).build();
    }

    private static DType any(Random random) {
        return FLOATS[random.nextInt(FLOATS.length)];
    }

    private static int any(Random random, int[] sizes) {
        return sizes[random.nextInt(sizes.length)];
    }
}
