package io.github.attention4j.internal.java.steps;

import io.github.attention4j.score.Operation;

/** Steps of {@link RowFunction} on floats. Functions are those of doubles, rounded. */
final class FloatLoops {
    private FloatLoops() {}

    /** @param b null for an operation with one argument */
    static void compute(Operation operation, float[] a, float[] b, float[] to, int count) {
        switch (operation) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] + b[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] - b[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] * b[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < count; i++) {
                    to[i] = a[i] / b[i];
                }
            }
            case MIN -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Math.min(a[i], b[i]);
                }
            }
            case MAX -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Math.max(a[i], b[i]);
                }
            }
            case ABS -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Math.abs(a[i]);
                }
            }
            case FLOOR -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.floor(a[i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.exp(a[i]);
                }
            }
            case EXP2 -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.pow(2, a[i]);
                }
            }
            case LOG -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.log(a[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < count; i++) {
                    to[i] = Tanh.of(a[i]);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) (1 / (1 + Math.exp(-a[i])));
                }
            }
            case SQRT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.sqrt(a[i]);
                }
            }
            case SIN -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.sin(a[i]);
                }
            }
            case COS -> {
                for (int i = 0; i < count; i++) {
                    to[i] = (float) Math.cos(a[i]);
                }
            }
            default -> throw new IllegalStateException("no operation on floats: " + operation);
        }
    }

    /** Writes 1 where a comparison is true, else 0. */
    static void compare(Operation operation, float[] a, float[] b, int[] to, int count) {
        boolean isLess = operation == Operation.LESS;
        for (int i = 0; i < count; i++) {
            to[i] = (isLess ? a[i] < b[i] : a[i] == b[i]) ? 1 : 0;
        }
    }
}
