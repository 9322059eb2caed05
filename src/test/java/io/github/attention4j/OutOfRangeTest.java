package io.github.attention4j;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Integers in device tensors, which nobody checks: out of range they count as the nearest in range, on every kernel
 * family, and nothing outside the tensors is read or written. The gaps of ragged outputs are watched.
 */
class OutOfRangeTest {
    private static final int LOWEST = Integer.MIN_VALUE;
    private static final int HIGHEST = Integer.MAX_VALUE;

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .queryLength(20)
                .keyLength(40)
                .headDim(8)
                .returnLse();
    }

    private static void check(KernelFamily family, AttentionSpec spec, Operand operand, int[] numbers) {
        Problem problem = new Problem(spec, 1, 1);
        AttentionArrays outputs = problem.outputs();
        AttentionArrays inputs = problem.inputs();
        // What is seen differs from what the problem has made data for: the rest is NaN, and must be so in the result
        // too.
        inputs.with(operand, numbers);
        Way.TENSORS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(spec + " with " + Arrays.toString(numbers), spec, inputs, outputs);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void keyLengthsCountAsTheNearestNumberOfKeys(KernelFamily family) {
        for (int[] lengths : new int[][] {{-1, 41}, {LOWEST, HIGHEST}, {1000, -1000}}) {
            check(family, builder().keyLengths().build(), Operand.KEY_LENGTHS, lengths);
            check(family, builder().causal().keyLengths().build(), Operand.KEY_LENGTHS, lengths);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void queryOffsetsCountAsTheNearestRow(KernelFamily family) {
        AttentionSpec spec = builder().raggedQueries(30).build();
        for (int[] offsets : new int[][] {
            {-5, 7, 99},
            {LOWEST, 3, HIGHEST},
            {0, 25, 30},
            {31, 40, 50},
            {3, 2, 1},
            {5, LOWEST, 3},
            {LOWEST, LOWEST, HIGHEST},
            {HIGHEST, 0, 4}
        }) {
            check(family, spec, Operand.QUERY_OFFSETS, offsets);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void keyOffsetsCountAsTheNearestKey(KernelFamily family) {
        AttentionSpec spec = builder().raggedKeys(60).causal().build();
        for (int[] offsets : new int[][] {
            {-5, 7, 99},
            {LOWEST, 3, HIGHEST},
            {0, 45, 60},
            {61, 70, 80},
            {3, 2, 1},
            {5, LOWEST, 3},
            {LOWEST, LOWEST, HIGHEST},
            {HIGHEST, 0, 4}
        }) {
            check(family, spec, Operand.KEY_OFFSETS, offsets);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void prefixesAndDiagonalsMayBeAnyNumber(KernelFamily family) {
        for (int[] any : new int[][] {{LOWEST, HIGHEST}, {HIGHEST, LOWEST}, {-1, 41}}) {
            check(family, builder().causal().prefixLengths().build(), Operand.PREFIX_LENGTHS, any);
            for (Mask mask : new Mask[] {
                Mask.causal(Mask.Alignment.GIVEN),
                Mask.window(HIGHEST, HIGHEST, Mask.Alignment.GIVEN),
                Mask.window(3, 3, Mask.Alignment.GIVEN)
            }) {
                check(family, builder().mask(mask).build(), Operand.DIAGONALS, any);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void positionsCountAsTheNearestRowOfTheTables(KernelFamily family) {
        AttentionSpec spec = builder()
                .rotary(new Rotary(8, false, 10))
                .queryPositions(1)
                .keyPositions(1)
                .build();
        int[] numbers = new int[40];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % 4 == 0 ? LOWEST : i % 4 == 1 ? HIGHEST : i % 4 == 2 ? -1 : i;
        }
        check(family, spec, Operand.KEY_POSITIONS, numbers);
        check(family, spec, Operand.QUERY_POSITIONS, Arrays.copyOf(numbers, 20));
    }
}
