package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference and {@link PlainAttention} were written apart from the same documentation; in double precision they
 * must say the same.
 */
class TwoDefinitionsTest {
    private static final int CASES = 60;

    @ParameterizedTest(name = "programs {0} to {0} + 9")
    @ValueSource(ints = {0, 10, 20, 30, 40, 50})
    void agreeOnEveryRandomSpec(int from) {
        for (int program = from; program < from + 10; program++) {
            for (int number = 0; number < CASES; number++) {
                Problem problem = SweepCase.of(SweepProgram.of(program, number % 2 == 0, 2), number, 2)
                        .problem();
                String name = program + ":" + number + " " + problem.spec();
                AttentionSpec spec = problem.spec();
                AttentionArrays inputs = problem.inputs();
                ReferenceAttention.Result reference = ReferenceAttention.attend(spec, inputs);
                PlainAttention.Result plain = PlainAttention.attend(spec, inputs, Arithmetic.DOUBLE);
                double size = plain.largestScore() * 1e-15 + 1e-12;
                compare(name + " out", plain.out(), reference.out(), size * Math.max(1, plain.largestValue()));
                compare(name + " lse", plain.lse(), reference.lse(), size);
                if (plain.scores() != null) {
                    compare(name + " scores", plain.scores(), reference.scores(), size);
                }
            }
        }
    }

    private static void compare(String name, double[] expected, double[] actual, double size) {
        for (int i = 0; i < expected.length; i++) {
            boolean same = Double.compare(expected[i], actual[i]) == 0
                    || Math.abs(expected[i] - actual[i]) <= size * Math.max(1, Math.abs(expected[i]));
            if (!same) {
                throw new AssertionError(name + ": element " + i + " is " + expected[i]
                        + " by the plain definition, but " + actual[i] + " by the reference");
            }
        }
    }
}
