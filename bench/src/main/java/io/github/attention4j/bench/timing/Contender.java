package io.github.attention4j.bench.timing;

/** One way to compute one problem, set up so that running it again and again measures the computation and nothing else. */
public interface Contender extends AutoCloseable {
    /** Whose implementation it is: {@code "attention4j"}, {@code "plain loops"}. */
    String engine();

    /** The id of the device it runs on. */
    String device();

    /** Which of the implementation's kernels runs. */
    String family();

    /** Computes once; returns when the answer is in the memory of the device. */
    void run();

    /** The answer of the last run. */
    float[] output();

    /** Milliseconds of one further run by the device's own clock, or NaN where there is none. */
    default double deviceMillis() {
        return Double.NaN;
    }

    @Override
    default void close() {}
}
