package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What NaN and infinity do, on every kernel family there is: seen ones reach the result, masked ones do not. */
class NanTest {
    private static final int LENGTH = 70; // more than a tile, and the last one not whole
    private static final AttentionSpec CAUSAL = AttentionSpec.builder()
            .heads(1)
            .sequenceLength(LENGTH)
            .headDim(8)
            .causal()
            .returnLse()
            .build();
    private static final Problem PROBLEM = new Problem(CAUSAL, 11, 1);

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void maskedNansAndInfinitiesTouchNothing(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f}) {
            for (int from : new int[] {1, 13, 60, 69}) {
                float[] key = PROBLEM.key();
                float[] value = PROBLEM.value();
                for (int i = from * 8; i < key.length; i++) {
                    key[i] = poison;
                    value[i] = poison;
                }
                AttentionResult clean = attend(engine, PROBLEM.key(), PROBLEM.value());
                AttentionResult poisoned = attend(engine, key, value);
                for (int row = 0; row < from; row++) { // rows that see none of the poison
                    for (int d = 0; d < 8; d++) {
                        assertEquals(
                                clean.out()[row * 8 + d],
                                poisoned.out()[row * 8 + d],
                                1e-6f,
                                poison + " from key " + from + " on, row " + row + ", column " + d);
                    }
                    assertEquals(clean.lse()[row], poisoned.lse()[row], 1e-6f);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aNanInAKeyReachesEveryRowThatSeesIt(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (int nanBits : new int[] {0x7fc00000, 0x7f800001, 0xffc00000, 0xffffffff}) {
            float[] key = PROBLEM.key();
            key[40 * 8 + 3] = Float.intBitsToFloat(nanBits);
            AttentionResult result = attend(engine, key, PROBLEM.value());
            for (int row = 0; row < LENGTH; row++) {
                assertEquals(row >= 40, Float.isNaN(result.out()[row * 8]), "row " + row);
                assertEquals(row >= 40, Float.isNaN(result.lse()[row]), "lse of row " + row);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aNanInAValueReachesItsColumnOfEveryRowThatSeesIt(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        float[] value = PROBLEM.value();
        value[40 * 8 + 3] = Float.NaN;
        AttentionResult result = attend(engine, PROBLEM.key(), value);
        for (int row = 0; row < LENGTH; row++) {
            for (int d = 0; d < 8; d++) {
                assertEquals(
                        row >= 40 && d == 3, Float.isNaN(result.out()[row * 8 + d]), "row " + row + ", column " + d);
            }
            assertTrue(Float.isFinite(result.lse()[row]));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aNanInAQueryStaysInItsRow(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        float[] query = PROBLEM.query();
        query[33 * 8] = Float.NaN;
        AttentionResult result = engine.attendWithLse(CAUSAL, query, PROBLEM.key(), PROBLEM.value());
        for (int row = 0; row < LENGTH; row++) {
            assertEquals(row == 33, Float.isNaN(result.out()[row * 8]), "row " + row);
            assertEquals(row == 33, Float.isNaN(result.lse()[row]), "lse of row " + row);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aNanInARowLeavesTheWeightsOfHiddenKeysAt0(KernelFamily family) {
        for (boolean biased : new boolean[] {false, true}) {
            AttentionSpecBuilder builder = CAUSAL.toBuilder().returnScores(ScoreStage.WEIGHTS);
            AttentionSpec spec = (biased ? builder.bias(DType.F32) : builder).build();
            float[] query = PROBLEM.query();
            query[33 * 8] = Float.NaN;
            float[] key = PROBLEM.key();
            key[50 * 8 + 7] = Float.NaN;
            AttentionArrays arrays = AttentionArrays.of(query, key, PROBLEM.value(), new float[LENGTH * 8])
                    .with(Operand.LSE, new float[LENGTH])
                    .with(Operand.SCORES, new float[LENGTH * LENGTH]);
            if (biased) {
                float[] bias = new float[LENGTH * LENGTH];
                for (int i = 7; i < bias.length; i += 9) {
                    bias[i] = Float.NEGATIVE_INFINITY;
                }
                arrays.with(Operand.BIAS, bias);
            }
            Engines.of(family).attend(spec, arrays);
            float[] weights = (float[]) arrays.get(Operand.SCORES);
            for (int i = 0; i < weights.length; i++) {
                int row = i / LENGTH;
                boolean seen = i % LENGTH <= row && !(biased && i % 9 == 7);
                boolean sick = row == 33 || row >= 50 && !(biased && (row * LENGTH + 50) % 9 == 7);
                String where = "query " + row + ", key " + i % LENGTH;
                assertEquals(seen && sick, Float.isNaN(weights[i]), where);
                assertTrue(seen || weights[i] == 0, where);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void rowsThatSeeNothingAreZeroAndMinusInfinity(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(40)
                .keyLength(17)
                .headDim(8)
                .causal()
                .build();
        Problem problem = new Problem(spec, 4, 1);
        AttentionResult result = engine.attendWithLse(spec, problem.query(), problem.key(), problem.value());
        for (int row = 0; row < 23; row++) {
            for (int d = 0; d < 8; d++) {
                assertEquals(0f, result.out()[row * 8 + d]);
            }
            assertEquals(Float.NEGATIVE_INFINITY, result.lse()[row]);
        }
        assertTrue(Float.isFinite(result.lse()[23]));
        Budget.check(problem, result.out(), result.lse());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void denormalsAndTinyWeightsDoNoHarm(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        Function<float[], float[]> tiny = array -> {
            for (int i = 0; i < array.length; i++) {
                array[i] *= 1e-40f;
            }
            return array;
        };
        float[] out = attend(engine, tiny.apply(PROBLEM.key()), PROBLEM.value()).out();
        float[] mean = new float[out.length];
        for (int row = 0; row < LENGTH; row++) { // all scores are 0 to within rounding: the mean of the values seen
            for (int d = 0; d < 8; d++) {
                float sum = 0;
                for (int j = 0; j <= row; j++) {
                    sum += PROBLEM.value()[j * 8 + d];
                }
                mean[row * 8 + d] = sum / (row + 1);
            }
        }
        assertArrayEquals(mean, out, 2e-6f);
    }

    private static AttentionResult attend(AttentionEngine engine, float[] key, float[] value) {
        return engine.attendWithLse(CAUSAL, PROBLEM.query(), key, value);
    }
}
