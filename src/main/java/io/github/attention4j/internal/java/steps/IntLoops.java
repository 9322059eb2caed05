package io.github.attention4j.internal.java.steps;

import io.github.attention4j.score.Operation;

/** Steps of {@link RowFunction} on integers and truth values, which are 0 and 1. */
final class IntLoops {
    private IntLoops() {}

    /** @param b null for an operation with one argument */
    static void compute(Operation operation, int[] a, int[] b, int[] to, int count) {
        switch (operation) {
            case INT_ADD -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] + b[i];
                }
            }
            case INT_SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] - b[i];
                }
            }
            case INT_MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] * b[i];
                }
            }
            case INT_DIVIDE -> {
                for (int i = 0; i < count; i++) {
                    to[i] = PairFunction.divide(a[i], b[i]);
                }
            }
            case INT_MODULO -> {
                for (int i = 0; i < count; i++) {
                    to[i] = PairFunction.modulo(a[i], b[i]);
                }
            }
            case INT_MIN -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Math.min(a[i], b[i]);
                }
            }
            case INT_MAX -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Math.max(a[i], b[i]);
                }
            }
            case INT_AND, AND -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] & b[i];
                }
            }
            case INT_OR, OR -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] | b[i];
                }
            }
            case INT_XOR -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] ^ b[i];
                }
            }
            case SHIFT_LEFT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] << b[i];
                }
            }
            case SHIFT_RIGHT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] >> b[i];
                }
            }
            case INT_LESS -> {
                for (int i = 0; i < count; i++) {
                    // By bits, as compilers make no vectors of choices: the sign of the difference, but for overflow.
                    to[i] = (a[i] & ~b[i] | ~(a[i] ^ b[i]) & a[i] - b[i]) >>> 31;
                }
            }
            case INT_EQUAL -> {
                for (int i = 0; i < count; i++) {
                    int different = a[i] ^ b[i];
                    to[i] = (different | -different) >>> 31 ^ 1;
                }
            }
            case NOT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] ^ 1;
                }
            }
            default -> throw new IllegalStateException("no operation on integers: " + operation);
        }
    }
}
