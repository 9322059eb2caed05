package io.github.attention4j.score;

import java.util.List;
import java.util.Objects;

/**
 * One step of an {@link Expression}.
 *
 * @param operation what it computes
 * @param arguments the numbers of earlier steps
 * @param bits of a constant its bits, of a number or tensor of the call its index, else 0
 */
public record Step(Operation operation, List<Integer> arguments, int bits) {
    /** Checks nothing: {@link Expression} makes steps. */
    public Step {
        Objects.requireNonNull(operation, "operation");
        arguments = List.copyOf(arguments);
    }

    /** The step whose result is an argument. */
    public int argument(int index) {
        return arguments.get(index);
    }

    @Override
    public String toString() {
        return switch (operation) {
            case FLOAT_CONSTANT -> Float.toString(Float.intBitsToFloat(bits));
            case INT_CONSTANT -> Integer.toString(bits);
            case BOOL_CONSTANT -> Boolean.toString(bits != 0);
            case NUMBER -> "number " + bits;
            case LOAD, LOAD_INT -> name() + " of tensor " + bits + " at" + numbers();
            default -> name() + numbers();
        };
    }

    private String numbers() {
        StringBuilder text = new StringBuilder();
        for (int argument : arguments) {
            text.append(" t").append(argument);
        }
        return text.toString();
    }

    /** By hand, for lower case loads data of locales. */
    private String name() {
        StringBuilder text = new StringBuilder();
        for (char c : operation.name().toCharArray()) {
            text.append(c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
        }
        return text.toString();
    }
}
