package io.github.attention4j.bench.timing;

import io.github.attention4j.bench.attention.PlainAttention;
import io.github.attention4j.bench.attention.Problem;

/** The baseline: plain loops in Java. */
public final class PlainContender implements Contender {
    /** What the baseline is called in tables. */
    public static final String ENGINE = "plain loops";

    private final Problem problem;
    private float[] out;

    /** Keeps the problem. */
    public PlainContender(Problem problem) {
        this.problem = problem;
    }

    @Override
    public String engine() {
        return ENGINE;
    }

    @Override
    public String device() {
        return "java";
    }

    @Override
    public String family() {
        return "loops";
    }

    @Override
    public void run() {
        out = PlainAttention.attend(problem);
    }

    @Override
    public float[] output() {
        return out;
    }
}
