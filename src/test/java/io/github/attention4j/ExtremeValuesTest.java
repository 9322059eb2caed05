package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers near the ends of the range of floats, on every kernel family. */
class ExtremeValuesTest {
    private static final int LENGTH = 70;
    private final AttentionSpec plain = builder().build();
    private final AttentionArrays inputs = new Problem(plain, 1, 1).inputs();

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .heads(2)
                .sequenceLength(LENGTH)
                .headDim(8)
                .returnLse();
    }

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    private float[] array(Operand operand) {
        return (float[]) inputs.get(operand);
    }

    private void multiply(Operand operand, float factor) {
        float[] array = array(operand);
        for (int i = 0; i < array.length; i++) {
            array[i] *= factor;
        }
    }

    private float[] check(KernelFamily family, AttentionSpec spec) {
        AttentionArrays outputs = new Problem(spec, 1, 1).outputs();
        Way.ARRAYS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(spec + "", spec, inputs, outputs);
        return (float[]) outputs.get(Operand.OUT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void valuesNearTheLargestFloatDoNotOverflow(KernelFamily family) {
        for (float size : new float[] {1e38f, 3e38f, -3e38f, Float.MAX_VALUE / 1.0001f}) {
            Arrays.fill(array(Operand.VALUE), size);
            for (float out : check(family, plain)) {
                assertEquals(size, out, Math.abs(size) * 1e-5f);
            }
            for (int i = 0; i < array(Operand.VALUE).length; i += 3) {
                array(Operand.VALUE)[i] = -size;
            }
            for (float out : check(family, plain)) {
                assertTrue(Float.isFinite(out));
            }
            check(family, builder().causal().build());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void largeValuesStaySideBySideWithLargeScores(KernelFamily family) {
        multiply(Operand.VALUE, 3e38f);
        for (float size : new float[] {10, 100}) {
            multiply(Operand.QUERY, size);
            check(family, plain);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void hugeKeysMeetTinyQueries(KernelFamily family) {
        multiply(Operand.KEY, 1e38f);
        float[] query = array(Operand.QUERY);
        for (int i = 0; i < query.length; i++) {
            query[i] = Math.copySign(1.5e-38f, query[i]); // not so small that a device may take it for 0
        }
        check(family, builder().scale(1).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void denormalsDoNoHarm(KernelFamily family) {
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE}) {
            multiply(operand, 1e-40f);
            check(family, builder().scale(0.5f).build());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void everyFiniteScaleIsAScale(KernelFamily family) {
        for (float scale : new float[] {0, -0f, -1, 1e-30f, -1e-45f, 50, -1e4f, 1e20f, 1e30f, -1e30f}) {
            check(family, builder().scale(scale).build());
        }
        float[] mean = check(family, builder().scale(0).build());
        float sum = 0;
        for (int j = 0; j < LENGTH; j++) {
            sum += array(Operand.VALUE)[j * 8];
        }
        assertEquals(sum / LENGTH, mean[0], 2e-6f, "a scale of 0 weighs all keys alike");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void sinksOfAnySizeAreOneMoreLogit(KernelFamily family) {
        for (float sink : new float[] {0, -0f, 80, -80, 1e4f, -1e4f, 1e30f, -1e30f, Float.NEGATIVE_INFINITY}) {
            inputs.with(Operand.SINK, new float[] {sink, -sink == Float.POSITIVE_INFINITY ? 0 : -sink});
            check(family, builder().sink().build());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void biasesOfAnySizeAreAdded(KernelFamily family) {
        float[] bias = new float[2 * LENGTH * LENGTH];
        AttentionSpec spec = builder().bias(DType.F32).build();
        inputs.with(Operand.BIAS, bias);
        for (float size : new float[] {1e-40f, 100, 1e10f, 1e30f}) {
            for (int i = 0; i < bias.length; i++) {
                bias[i] = (i * 37 % 101 - 50) * size / 50;
            }
            check(family, spec);
            Arrays.fill(bias, 5 * LENGTH, 7 * LENGTH, -size);
            Arrays.fill(bias, 9 * LENGTH, 10 * LENGTH, Float.NEGATIVE_INFINITY);
            check(family, spec);
        }
    }
}
