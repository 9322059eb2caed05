package io.github.attention4j.examples.dates;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** All that a network learns: matrices of numbers, which begin at random. */
final class Parameters {
    private final Random random;
    private final List<Parameter> all = new ArrayList<>();

    /**
     * One matrix.
     *
     * @param name for people
     * @param index which of all it is
     * @param values [rows, columns]
     */
    record Parameter(String name, int index, float[][] values) {
        /** The only row of what has one. */
        float[] row() {
            return values[0];
        }
    }

    Parameters(long seed) {
        random = new Random(seed);
    }

    /** Evenly within 1 / √scale of 0; the scale is usually how many numbers come in. */
    Parameter add(String name, int rows, int columns, int scale) {
        float bound = (float) (1 / Math.sqrt(scale));
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = bound * (2 * random.nextFloat() - 1);
            }
        }
        Parameter parameter = new Parameter(name, all.size(), values);
        all.add(parameter);
        return parameter;
    }

    List<Parameter> all() {
        return all;
    }

    /** How many numbers. */
    int count() {
        return all.stream().mapToInt(p -> p.values().length * p.row().length).sum();
    }
}
