package io.github.attention4j.bench.card;

import io.github.attention4j.KernelFamily;

/**
 * What became of one check.
 *
 * @param family the kernel family
 * @param name what was special about the request
 * @param shape its sizes
 * @param outcome how it went
 * @param error how far the answer was from the right one, or NaN
 * @param budget how far it may be, or NaN
 * @param seconds with compiling
 * @param message what went wrong, or null
 */
public record CheckResult(
        KernelFamily family,
        String name,
        String shape,
        Outcome outcome,
        double error,
        double budget,
        double seconds,
        String message) {
    /** How a check ends. */
    public enum Outcome {
        /** The answer is right. */
        RIGHT,
        /** The answer is wrong. */
        WRONG,
        /** No answer: it did not compile, or the driver failed. */
        FAILED,
        /** The device cannot run it, and the engine says why. */
        UNSUPPORTED,
        /** Time was up. */
        LEFT_OUT
    }

    /** The same with another message. */
    CheckResult withMessage(String other) {
        return new CheckResult(family, name, shape, outcome, error, budget, seconds, other);
    }

    /** Whether something is to be mended. */
    public boolean isFailure() {
        return outcome == Outcome.WRONG || outcome == Outcome.FAILED;
    }

    /** One line for people. */
    public String line() {
        return family + ", " + name + " (" + shape + "): "
                + switch (outcome) {
                    case RIGHT -> "right";
                    case WRONG -> "WRONG, error %.3g, allowed %.3g".formatted(error, budget);
                    case FAILED -> "FAILED: " + message;
                    case UNSUPPORTED -> "not on this device: " + message;
                    case LEFT_OUT -> "left out: " + message;
                };
    }
}
