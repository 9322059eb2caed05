package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Rows;
import java.util.Arrays;

/** How rows of gradients are written: rounded once, after what is there was added if that is asked for. */
final class GradientRows {
    private final boolean accumulates;
    private final float[] row;

    GradientRows(AttentionSpec spec, int columns) {
        accumulates = spec.accumulates();
        row = new float[columns];
    }

    /** Writes the first elements of a row. */
    void write(Rows target, int at, double[] gradient, int columns) {
        if (accumulates) {
            target.read(at, row, 0, columns);
        }
        for (int d = 0; d < columns; d++) {
            row[d] = (float) (accumulates ? gradient[d] + row[d] : gradient[d]);
        }
        target.write(at, row, 0, columns);
    }

    /** Writes the gradients of rows that nothing depends on. */
    void writeZeros(Rows target, int batch, int head, int from, int to, int columns) {
        Arrays.fill(row, 0, columns, 0);
        for (int r = from; r < to && !accumulates; r++) {
            target.write(target.at(batch, head, r), row, 0, columns);
        }
    }
}
