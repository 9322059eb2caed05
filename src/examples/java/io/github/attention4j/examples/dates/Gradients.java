package io.github.attention4j.examples.dates;

import io.github.attention4j.examples.dates.Parameters.Parameter;
import java.util.List;

/** How a loss changes with every number that is learnt. */
final class Gradients {
    private final float[][][] all;
    private double loss;

    /** None yet. */
    Gradients(Parameters parameters) {
        List<Parameter> list = parameters.all();
        all = new float[list.size()][][];
        for (Parameter p : list) {
            all[p.index()] = new float[p.values().length][p.row().length];
        }
    }

    /** Of one matrix, to add to. */
    float[][] of(Parameter parameter) {
        return all[parameter.index()];
    }

    /** Of a matrix that is one row. */
    float[] row(Parameter parameter) {
        return of(parameter)[0];
    }

    /** Adds those of another part of the batch, and its loss. */
    void add(Gradients other) {
        loss += other.loss;
        for (int i = 0; i < all.length; i++) {
            Rows.add(other.all[i], all[i]);
        }
    }

    void addLoss(double part) {
        loss += part;
    }

    /** The loss itself. */
    double loss() {
        return loss;
    }
}
