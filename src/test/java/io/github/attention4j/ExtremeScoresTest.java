package io.github.attention4j;

import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A finite score is a finite score up to the largest float, on every kernel: only −∞ hides. Every kernel has three
 * programs here, for compiling is what takes the time: with a bias, without, and with all that happens to scores.
 */
class ExtremeScoresTest {
    private static final float MOST = Float.MAX_VALUE;
    private static final int QUERIES = 5;
    private static final int KEYS = 37;

    static Stream<EveryKernel> kernels() {
        return EveryKernel.all();
    }

    private static AttentionSpecBuilder builder(EveryKernel kernel) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .heads(2)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(8);
        return kernel.types(builder).returnLse();
    }

    private static AttentionSpec everything(EveryKernel kernel, float softcap) {
        return builder(kernel).softcap(softcap).alibi().bias(DType.BF16).build();
    }

    private static AttentionArrays inputs(AttentionSpec spec) {
        return new Problem(spec, 1, 1).inputs();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void aRowWhoseEveryBiasIsTheLowestNumberIsTheMeanOfItsValues(EveryKernel kernel) {
        AttentionSpec spec = builder(kernel).bias(DType.F32).build();
        AttentionArrays inputs = inputs(spec);
        Elements bias = Elements.of(spec, inputs, Operand.BIAS);
        bias.fill(-MOST);
        kernel.check("every bias is the lowest", spec, inputs);
        bias.fill(MOST);
        kernel.check("every bias is the largest", spec, inputs);
        bias.fill(-MOST);
        for (int row = 0; row < QUERIES; row += 2) {
            for (int j = row; j < KEYS; j += 3) {
                bias.set(0, 0, row, j, 0);
                bias.set(0, 1, row, j, row == 0 ? Float.NEGATIVE_INFINITY : 1.5f);
            }
        }
        kernel.check("some biases are the lowest", spec, inputs);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void biasesAndSinksOfAnySizeCompete(EveryKernel kernel) {
        float[] sizes = {-MOST, -3e38f, -2.4e38f, -2e38f, 2e38f, 2.4e38f, 3e38f, MOST};
        AttentionSpec spec = builder(kernel).bias(DType.F32).sink().build();
        AttentionArrays inputs = inputs(spec);
        float[] bias = (float[]) inputs.get(Operand.BIAS);
        for (float sink : sizes) {
            inputs.with(Operand.SINK, new float[] {sink, -sink});
            for (float most : sizes) {
                for (int i = 0; i < bias.length; i++) {
                    bias[i] = Math.min(most, sizes[i * 5 % sizes.length]);
                }
                kernel.check("sinks of ±" + sink + ", biases up to " + most, spec, inputs);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void productsUpToTheLargestFloatAreScores(EveryKernel kernel) {
        AttentionSpec spec = builder(kernel).scale(1).build();
        AttentionArrays inputs = inputs(spec);
        Elements query = Elements.of(spec, inputs, Operand.QUERY);
        Elements key = Elements.of(spec, inputs, Operand.KEY);
        query.fill(0);
        float[] sizes = kernel.type() == DType.F16
                ? new float[] {4.2e9f, -4.2e9f} // 65504 * 65504 is not much more
                : new float[] {2.3e38f, 2.5e38f, 3e38f, 3.3e38f, -2.3e38f, -2.5e38f, -3e38f, -3.3e38f};
        for (float size : sizes) {
            float root = (float) Math.sqrt(Math.abs(size));
            for (int head = 0; head < 2; head++) {
                for (int row = 0; row < QUERIES; row++) {
                    query.set(0, head, row, 0, root);
                }
                for (int j = 0; j < KEYS; j++) { // all alike, or those in the middle nearer to 0
                    float share = head == 0 || j < 10 || j > 20 ? 1 : 0.75f;
                    key.set(0, head, j, 0, Math.copySign(root, size) * share);
                }
            }
            kernel.check("scores of " + size, spec, inputs);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void biasesSlopesAndSoftcapsOfAnySizeAreScores(EveryKernel kernel) {
        for (float softcap : new float[] {1e-30f, 1, 1e30f, 1e36f}) {
            AttentionSpec spec = everything(kernel, softcap);
            AttentionArrays inputs = inputs(spec);
            Elements bias = Elements.of(spec, inputs, Operand.BIAS);
            for (float slope : new float[] {0, 1e36f, 9e36f}) { // distances are up to 36
                inputs.with(Operand.ALIBI_SLOPES, new float[] {slope, -slope});
                bias.fill(0);
                kernel.check("a softcap of " + softcap + " and slopes of ±" + slope, spec, inputs);
            }
            inputs.with(Operand.ALIBI_SLOPES, new float[2]);
            bias.fill(-0x1.fep127f);
            kernel.check("a softcap of " + softcap + " and the lowest biases of BF16", spec, inputs);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrices")
    void theMatrixOfScoresHoldsThemAsTheyAre(EveryKernel kernel) {
        for (ScoreStage stage : new ScoreStage[] {ScoreStage.MASKED, ScoreStage.WEIGHTS}) {
            AttentionSpec spec =
                    builder(kernel).bias(DType.F32).returnScores(stage).build();
            AttentionArrays inputs = inputs(spec);
            float[] bias = (float[]) inputs.get(Operand.BIAS);
            for (float size : new float[] {-MOST, -2.5e38f, 2.5e38f, MOST}) {
                Arrays.fill(bias, size);
                Arrays.fill(bias, 0, KEYS / 2, Float.NEGATIVE_INFINITY);
                kernel.check(stage + " with biases of " + size, spec, inputs);
            }
        }
    }

    /** All others compute it as one of these. */
    static Stream<EveryKernel> matrices() {
        Set<String> names = Set.of("LANES", "TILES", "JAVA", "REFERENCE");
        return kernels().filter(kernel -> names.contains(kernel.name()));
    }
}
