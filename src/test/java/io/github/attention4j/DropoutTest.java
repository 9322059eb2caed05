package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.Philox;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.PlainDropout;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout: which weights are dropped, the same in every kernel, and what becomes of the others. */
class DropoutTest {
    private static final long SEED = 0x0123456789abcdefL;
    private static final int VALUE_DIM = 43;

    /** Every way through a kernel, and every kind of matrix unit. */
    static Stream<EveryKernel> kernels() {
        Stream<EveryKernel> others = Engines.families().anyMatch(family -> family == KernelFamily.TILES)
                ? Stream.of(MatrixUnit.MFMA, MatrixUnit.WMMA12, MatrixUnit.DPAS8, MatrixUnit.DPAS16)
                        .map(unit -> EveryKernel.matrix(unit, DType.F16))
                : Stream.empty();
        return Stream.concat(EveryKernel.all(), others);
    }

    @Test
    void philoxGivesTheKnownAnswers() {
        int[] zeros = new int[4];
        Philox.scramble(zeros, 0, 0);
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, zeros);
        int[] ones = {-1, -1, -1, -1};
        Philox.scramble(ones, -1, -1);
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, ones);
    }

    @Test
    void philoxIsWhatThePaperSays() {
        long[] counter = {7, 1L << 31, 12345, 0xfedcba98L};
        long[] key = {SEED & 0xffffffffL, SEED >>> 32};
        int[] words = Arrays.stream(counter).mapToInt(word -> (int) word).toArray();
        Philox.scramble(words, (int) key[0], (int) key[1]);
        for (int i = 0; i < 4; i++) {
            assertEquals(PlainDropout.philox(counter, key)[i].intValue(), words[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0.1f, 0.5f, 1e-3f, 0.9f})
    void asManyWeightsAreDroppedAsAsked(float probability) {
        AttentionSpec spec = builder(4, 300, 500).dropout(probability).build();
        byte[] dropped = Dropout.dropped(spec, SEED, 3);
        double count = 0;
        for (byte one : dropped) {
            count += one;
        }
        double deviation = Math.sqrt(dropped.length * probability * (1 - probability));
        assertEquals(dropped.length * (double) probability, count, 4 * deviation + dropped.length / 131072.0);
    }

    @Test
    void seedAndOffsetChangeWhatIsDropped() {
        AttentionSpec spec = builder(2, 20, 30).dropout(0.5f).build();
        byte[] dropped = Dropout.dropped(spec, SEED, 0);
        assertFalse(Arrays.equals(dropped, Dropout.dropped(spec, SEED + 1, 0)));
        assertFalse(Arrays.equals(dropped, Dropout.dropped(spec, SEED + (1L << 32), 0)));
        assertFalse(Arrays.equals(dropped, Dropout.dropped(spec, SEED, 1)));
        assertArrayEquals(dropped, Dropout.dropped(spec, SEED, 0));
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1, 1.5f, Float.NaN, 0.999999f})
    void probabilitiesOutOfRangeAreRefused(float probability) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> AttentionSpec.builder().dropout(probability));
        assertTrue(refused.getMessage().contains("dropout must be from 0 to less than 1"), refused.getMessage());
    }

    @Test
    void noDropoutIsTheSameSpec() {
        AttentionSpec spec = builder(2, 20, 30).build();
        assertEquals(spec, spec.toBuilder().dropout(0).build());
        assertEquals(spec, spec.toBuilder().dropout(0.5f).dropout(0).build());
    }

    /** Values of ones and zeros show the weights, and so what is dropped: queries of zeros make them all alike. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void theMaskIsThatOfTheDefinition(EveryKernel kernel) {
        int keys = VALUE_DIM;
        AttentionSpec spec =
                kernel.types(builder(2, 21, keys).dropout(0.3f)).returnLse().build();
        float[] oneHot = new float[2 * keys * keys];
        for (int row = 0; row < 2 * keys; row++) {
            oneHot[row * keys + row % keys] = 1;
        }
        AttentionArrays inputs = new AttentionArrays().withDropout(SEED, 11);
        HostArrays.put(inputs, Operand.QUERY, kernel.array(new float[(int) spec.queryElements()]));
        HostArrays.put(inputs, Operand.KEY, kernel.array(new float[(int) spec.keyElements()]));
        HostArrays.put(inputs, Operand.VALUE, kernel.array(oneHot));
        AttentionArrays outputs = kernel.run(spec, inputs);
        float[] out = (float[]) outputs.get(Operand.OUT);
        byte[] dropped = Dropout.dropped(spec, SEED, 11);
        double kept = 1 / (1 - spec.dropoutThreshold() / 65536.0) / keys;
        for (int i = 0; i < out.length; i++) {
            assertEquals(dropped[i] == 1 ? 0 : kept, out[i], kept * (kernel.rounds() ? 0x1p-8 : 1e-5), "pair " + i);
        }
        for (float lse : (float[]) outputs.get(Operand.LSE)) {
            assertEquals(Math.log(keys), lse, 1e-5); // which does not know of dropout
        }
    }

    /** A call over some of the heads says in the state which of them is its first. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void headsByThemselvesDropAsAmongOthers(KernelFamily family) {
        AttentionSpec all = builder(6, 13, 29).batch(1).dropout(0.5f).build();
        AttentionSpec last = all.toBuilder().heads(2).kvHeads(1).build();
        AttentionArrays inputs = Problem.of(all).inputs();
        AttentionArrays ofLast = new AttentionArrays();
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE}) {
            float[] whole = (float[]) inputs.get(operand);
            ofLast.with(operand, Arrays.copyOfRange(whole, whole.length / 3 * 2, whole.length));
        }
        int[] state = ((int[]) inputs.get(Operand.DROPOUT_STATE)).clone();
        state[Dropout.NUMBERS - 1] += 4;
        ofLast.with(Operand.DROPOUT_STATE, state);
        AttentionArrays outputs = Problem.of(last).outputs();
        Way.ARRAYS.run(Engines.of(family), last, ofLast, outputs);
        Budget.check(family + " by itself", last, ofLast, outputs);
        AttentionArrays whole = Problem.of(all).outputs();
        Way.ARRAYS.run(Engines.of(family), all, inputs, whole);
        float[] among = (float[]) whole.get(Operand.OUT);
        float[] own = (float[]) outputs.get(Operand.OUT);
        assertArrayEquals(Arrays.copyOfRange(among, among.length / 3 * 2, among.length), own, 1e-5f);
    }

    /** Windows begin tiles anywhere; heads are grouped, and entries short. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void outputsAgreeWithTheReference(EveryKernel kernel) {
        AttentionSpec spec = kernel.types(builder(4, 37, 150).dropout(0.2f))
                .mask(Mask.window(51, 6))
                .keyLengths()
                .sink()
                .returnLse()
                .build();
        for (int seed = 1; seed < 4; seed++) {
            check(kernel, new Problem(spec, seed, 1));
        }
    }

    /** What is rounded beyond the largest number is not brought back, for kept weights sum up to more than 1. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void outputsMayBeLargerThanValues(EveryKernel kernel) {
        AttentionSpec spec = kernel.types(builder(2, 9, 19).dropout(0.75f)).build();
        AttentionArrays inputs = new Problem(spec, 5, 1).inputs();
        float[] values = new float[(int) spec.valueElements()];
        Arrays.fill(values, kernel.type() == DType.F16 ? 60000f : 8e37f);
        HostArrays.put(inputs, Operand.VALUE, kernel.array(values));
        kernel.check("values near the largest", spec, inputs);
    }

    /** A weight of 0 times a NaN or an infinity is a NaN, as without dropout. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void aValueThatIsNoNumberReachesWhoSeesIt(EveryKernel kernel) {
        AttentionSpec spec = kernel.types(builder(2, 21, 43).dropout(0.5f))
                .causal()
                .returnLse()
                .build();
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Problem problem = new Problem(spec, 8, 1);
            AttentionArrays inputs = problem.inputs();
            Elements.of(spec, inputs, Operand.VALUE).set(1, 0, 33, 5, strange);
            check(kernel, problem, inputs);
        }
    }

    /** On what a simulator can compute. */
    @Tag("opencl")
    @Tag("oclgrind")
    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void tinyProblemsAgreeWithTheReference(KernelFamily family) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .queryLength(5)
                .keyLength(19)
                .headDim(6)
                .mask(Mask.window(11, 0))
                .dropout(0.4f)
                .build();
        Problem problem = Problem.of(spec);
        AttentionArrays outputs = problem.outputs();
        AttentionArrays inputs = problem.inputs();
        Way.ARRAYS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(family + " " + spec, spec, inputs, outputs);
    }

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    private static void check(EveryKernel kernel, Problem problem) {
        check(kernel, problem, problem.inputs());
    }

    private static void check(EveryKernel kernel, Problem problem, AttentionArrays inputs) {
        AttentionArrays outputs = kernel.run(problem.spec(), inputs);
        String name = kernel + " " + problem;
        if (kernel.rounds()) {
            Budget.checkRounded(name, problem.spec(), inputs, outputs);
        } else {
            Budget.check(name, problem.spec(), inputs, outputs);
        }
    }

    /**
     * Two batch entries and one head for two query heads; of few programs, for compiling them takes most of the time.
     */
    private static AttentionSpecBuilder builder(int heads, int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(heads)
                .kvHeads(heads / 2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(8)
                .valueDim(VALUE_DIM);
    }
}
