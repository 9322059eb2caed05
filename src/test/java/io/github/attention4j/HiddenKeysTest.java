package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a query does not see does not matter, whichever mask hides it, on every kernel family: neither what it holds,
 * nor that it is all there is.
 */
class HiddenKeysTest {
    private static final int QUERIES = 40;
    private static final int KEYS = 70; // more than a tile, and the last one not whole

    /** A way of hiding keys. */
    private enum Hiding {
        CAUSAL(b -> b.causal(Mask.Alignment.TOP_LEFT)),
        WINDOW(b -> b.mask(Mask.window(5, 3, Mask.Alignment.TOP_LEFT))),
        LEFT_WINDOW(b -> b.mask(Mask.window(2, Mask.UNBOUNDED))),
        GIVEN_DIAGONAL(b -> b.mask(Mask.window(9, 0, Mask.Alignment.GIVEN))),
        PREFIX(b -> b.causal(Mask.Alignment.TOP_LEFT).prefixLengths()),
        KEY_LENGTHS(b -> b.keyLengths()),
        CAUSAL_KEY_LENGTHS(b -> b.causal().keyLengths()),
        RAGGED_KEYS(b -> b.raggedKeys(2 * KEYS)),
        RAGGED(b -> b.raggedQueries(2 * QUERIES).raggedKeys(2 * KEYS)),
        KEY_RANGES(b -> b.keyRanges(2, 1)),
        KEY_RANGES_OF_HEADS(b -> b.keyRanges(1, 2)),
        KEEP_MASK(b -> b.keepMask(DType.U8)),
        KEEP_MASK_OF_KEYS(b -> b.keepMask(DType.U8, 2, 1, 1, KEYS)),
        KEEP_MASK_OF_QUERIES(b -> b.keepMask(DType.U8, 2, 2, QUERIES, 1)),
        KEEP_BITS(b -> b.keepMask(DType.BIT)),
        KEEP_BITS_OF_KEYS(b -> b.keepMask(DType.BIT, 2, 1, 1, KEYS)),
        BIAS(b -> b.bias(DType.F32)),
        BIAS_OF_KEYS(b -> b.bias(DType.F32, 2, 1, 1, KEYS)),
        BIAS_AFTER_SOFTCAP(b -> b.bias(DType.F32).softcap(2)),
        ALL_AT_ONCE(b -> b.mask(Mask.window(30, 9))
                .keyLengths()
                .raggedKeys(2 * KEYS)
                .keyRanges()
                .prefixLengths()
                .keepMask(DType.U8));

        private final UnaryOperator<AttentionSpecBuilder> change;

        Hiding(UnaryOperator<AttentionSpecBuilder> change) {
            this.change = change;
        }

        AttentionSpecBuilder builder() {
            return change.apply(AttentionSpec.builder()
                    .batch(2)
                    .heads(2)
                    .kvHeads(1)
                    .queryLength(QUERIES)
                    .keyLength(KEYS)
                    .headDim(8)
                    .returnLse());
        }
    }

    static Stream<Arguments> hidings() {
        return Engines.families()
                .flatMap(family -> Stream.of(Hiding.values()).map(hiding -> Arguments.of(family, hiding)));
    }

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    /**
     * {@link Problem#inputs} fills with NaN, with infinity or with large numbers what nobody sees; which of them
     * follows from the seed.
     */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hidings")
    void poisonReachesNoResult(KernelFamily family, Hiding hiding) {
        int poisoned = 0;
        for (int seed = 0; seed < 15; seed++) {
            Problem problem = new Problem(hiding.builder().build(), seed, 2);
            AttentionArrays inputs = problem.inputs();
            hideSomeFromAll(problem.spec(), inputs, new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 3e38f}[seed % 3]);
            for (float key : (float[]) inputs.get(Operand.KEY)) {
                poisoned += Math.abs(key) > 1e30f || Float.isNaN(key) ? 1 : 0;
            }
            check(family, problem, inputs);
        }
        boolean someQueryMaySeeAnyKey = hiding == Hiding.LEFT_WINDOW || hiding == Hiding.KEEP_MASK_OF_QUERIES;
        assertTrue(poisoned > 0 || someQueryMaySeeAnyKey, "there must be something to hide");
    }

    /** Masks that are drawn query by query hide hardly any key from all of them. */
    private static void hideSomeFromAll(AttentionSpec spec, AttentionArrays inputs, float poison) {
        Operand mask = spec.has(Operand.KEEP_MASK)
                ? Operand.KEEP_MASK
                : spec.has(Operand.BIAS) ? Operand.BIAS : spec.has(Operand.KEY_ENDS) ? Operand.KEY_ENDS : null;
        if (mask == null
                || spec.has(Operand.KEY_OFFSETS)
                || mask != Operand.KEY_ENDS && spec.operand(mask).columns() == 1) {
            return;
        }
        for (int head = 0; head < 2 * 2; head++) {
            for (int i = 0; i < QUERIES; i++) {
                Elements hidden = Elements.of(spec, inputs, mask);
                for (int j = 48; j < KEYS; j++) {
                    switch (mask) {
                        case KEEP_MASK -> hidden.keep(head / 2, head % 2, i, j, 0);
                        case BIAS -> hidden.set(head / 2, head % 2, i, j, Float.NEGATIVE_INFINITY);
                        default ->
                            hidden.setInt(head / 2, head % 2, i, Math.min(48, hidden.getInt(head / 2, head % 2, i)));
                    }
                }
            }
        }
        for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE}) {
            for (int i = 0; i < 2 * (KEYS - 48) * 8; i++) {
                int row = i / 8;
                Elements.of(spec, inputs, operand).set(row % 2, 0, 48 + row / 2, i % 8, poison);
            }
        }
    }

    /** Some queries see the NaN, their neighbours in the same tile do not. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hidings")
    void aNanReachesExactlyWhoSeesIt(KernelFamily family, Hiding hiding) {
        for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE}) {
            for (int j : new int[] {3, 31, 36}) {
                Problem problem = new Problem(hiding.builder().build(), 11, 1);
                AttentionArrays inputs = problem.inputs();
                Elements.of(problem.spec(), inputs, operand).set(0, 0, j, 5, Float.NaN);
                check(family, problem, inputs);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aNanInABiasReachesExactlyWhoSeesIt(KernelFamily family) {
        AttentionSpec spec = Hiding.BIAS.builder().causal().build();
        Problem problem = new Problem(spec, 21, 1);
        AttentionArrays inputs = problem.inputs();
        Elements bias = Elements.of(spec, inputs, Operand.BIAS);
        bias.set(0, 1, 20, 33, Float.NaN); // seen: the query stands at key 50
        bias.set(1, 0, 20, 60, Float.NaN); // hidden
        AttentionArrays outputs = check(family, problem, inputs);
        Elements lse = Elements.of(spec, outputs, Operand.LSE);
        for (int row = 0; row < 2 * 2 * QUERIES; row++) {
            boolean seen = row == QUERIES + 20;
            assertEquals(seen, Float.isNaN(lse.getAt(row)), "row " + row);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aRowThatSeesNothingIsZeroWhateverHidesTheKeys(KernelFamily family) {
        for (boolean sink : new boolean[] {false, true}) {
            for (Hiding hiding : new Hiding[] {
                Hiding.GIVEN_DIAGONAL,
                Hiding.KEY_LENGTHS,
                Hiding.RAGGED_KEYS,
                Hiding.KEY_RANGES,
                Hiding.KEEP_MASK,
                Hiding.KEEP_BITS_OF_KEYS,
                Hiding.BIAS,
                Hiding.BIAS_AFTER_SOFTCAP
            }) {
                AttentionSpec spec = (sink ? hiding.builder().sink() : hiding.builder()).build();
                Problem problem = new Problem(spec, 31, 1);
                AttentionArrays inputs = problem.inputs();
                hideAll(spec, inputs);
                AttentionArrays outputs = check(family, problem, inputs);
                for (float out : (float[]) outputs.get(Operand.OUT)) {
                    assertEquals(0f, out, hiding + "");
                }
                float[] lse = (float[]) outputs.get(Operand.LSE);
                for (int row = 0; row < lse.length; row++) {
                    int head = row / QUERIES % 2;
                    float alone = sink ? ((float[]) inputs.get(Operand.SINK))[head] : Float.NEGATIVE_INFINITY;
                    assertEquals(alone, lse[row], 1e-6f, hiding + " row " + row);
                }
            }
        }
    }

    private static void hideAll(AttentionSpec spec, AttentionArrays inputs) {
        for (Operand operand : Operand.values()) {
            if (!spec.has(operand)) {
                continue;
            }
            switch (operand) {
                case DIAGONALS -> Arrays.fill((int[]) inputs.get(operand), -100);
                case KEY_LENGTHS, KEY_OFFSETS -> Arrays.fill((int[]) inputs.get(operand), 0);
                case KEY_BEGINS -> Arrays.fill((int[]) inputs.get(operand), 50);
                case KEY_ENDS -> Arrays.fill((int[]) inputs.get(operand), 50);
                case KEEP_MASK -> Arrays.fill((byte[]) inputs.get(operand), (byte) 0);
                case BIAS -> Arrays.fill((float[]) inputs.get(operand), Float.NEGATIVE_INFINITY);
                default -> {
                    // Nothing that hides.
                }
            }
        }
    }

    private static AttentionArrays check(KernelFamily family, Problem problem, AttentionArrays inputs) {
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(Engines.of(family), problem.spec(), inputs, outputs);
        Budget.check(problem.spec() + "", problem.spec(), inputs, outputs);
        return outputs;
    }
}
