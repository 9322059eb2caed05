package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;

/** One way to compute one call, set up so that running it again and again measures the computation and nothing else. */
public interface Contender extends AutoCloseable {
    /** Which of the implementation's kernels runs. */
    String family();

    /** The same for people, with the instruction that it multiplies by where that is not one of floats. */
    default String way() {
        return family();
    }

    /** Computes once; returns when the answer is in the memory of the device. */
    void run();

    /** The answer of the last run, [batch, heads, rows, valueDim]; of gradients what {@link Gradients} says. */
    float[] output();

    /** All outputs of the last run, in the types and layouts of the call. */
    default AttentionArrays outputs() {
        return new AttentionArrays().with(Operand.OUT, output());
    }

    /** Whether it rounds weights to 16 bits before it multiplies them, as units for matrices want them. */
    default boolean roundsWeights() {
        return false;
    }

    /** Runs once and judges the answer. */
    default Verdict check(Budget budget) {
        run();
        return budget.judge(outputs(), roundsWeights());
    }

    /** Milliseconds of one further run by the device's own clock, or NaN where there is none. */
    default double deviceMillis() {
        return Double.NaN;
    }

    @Override
    default void close() {}
}
