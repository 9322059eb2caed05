package io.github.attention4j.layers;

import io.github.attention4j.DType;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/** Checks of what callers ask layers for. */
final class LayerChecks {
    private LayerChecks() {}

    static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
        return value;
    }

    static void requireSet(String name, int value) {
        if (value == 0) {
            throw new IllegalArgumentException(name + " was not set; call " + name + "(..)");
        }
    }

    static void requireOneOf(LayerOperand operand, LayerOperand... allowed) {
        Objects.requireNonNull(operand, "operand");
        if (!Arrays.asList(allowed).contains(operand)) {
            throw new IllegalArgumentException("this can be given for "
                    + Arrays.stream(allowed).map(LayerOperand::label).collect(Collectors.joining(", "))
                    + ", but not for " + operand.label());
        }
    }

    static DType requireFloat(String name, DType type) {
        Objects.requireNonNull(type, name);
        if (!type.isFloat()) {
            throw new IllegalArgumentException(name + " must be F32, F16 or BF16, but is " + type);
        }
        return type;
    }
}
