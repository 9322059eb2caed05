package io.github.attention4j.internal.java.memory;

import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;

/** The rotary embedding of rows: see {@link Rotary}. Not for several threads at once. */
public final class RotaryTable {
    private final Rows cosines;
    private final Rows sines;
    private final int pairs;
    private final int step;
    private final int apart;
    private final int last;
    private final float[] cos;
    private final float[] sin;

    public RotaryTable(Rotary rotary, Rows cosines, Rows sines) {
        this.cosines = cosines;
        this.sines = sines;
        pairs = rotary.dim() / 2;
        step = rotary.interleaved() ? 2 : 1;
        apart = rotary.interleaved() ? 1 : pairs;
        last = rotary.positions() - 1;
        cos = new float[pairs];
        sin = new float[pairs];
    }

    /** The tables of a call, or null if its rows are not rotated. */
    public static RotaryTable of(Rotary rotary, Operands operands) {
        return rotary == null
                ? null
                : new RotaryTable(rotary, operands.get(Operand.ROTARY_COS), operands.get(Operand.ROTARY_SIN));
    }

    /** The position of a query: given, or that of the key it stands at, if there is one. */
    public static int ofQuery(Operands operands, Sequence sequence, int query) {
        Rows given = operands.get(Operand.QUERY_POSITIONS);
        return given == null
                ? (int) Math.max(0, (long) query + sequence.shift())
                : given.integer(sequence.batch, 0, query);
    }

    /** The position of a key. */
    public static int ofKey(Operands operands, Sequence sequence, int key) {
        Rows given = operands.get(Operand.KEY_POSITIONS);
        return given == null ? key : given.integer(sequence.batch, 0, key);
    }

    private void look(int position) {
        int row = Sequence.clamp(position, last);
        cosines.read(cosines.at(0, 0, row), cos, 0, pairs);
        sines.read(sines.at(0, 0, row), sin, 0, pairs);
    }

    /** Rotates a row that begins at {@code at} to a position; beyond the tables the nearest row counts. */
    public void rotate(float[] row, int at, int position) {
        look(position);
        for (int p = 0; p < pairs; p++) {
            int first = at + p * step;
            float a = row[first];
            float b = row[first + apart];
            row[first] = a * cos[p] - b * sin[p];
            row[first + apart] = a * sin[p] + b * cos[p];
        }
    }

    /**
     * From the gradient with respect to a rotated row to that with respect to the row: the transpose of the rotation.
     */
    public void rotateBack(double[] row, int at, int position) {
        look(position);
        for (int p = 0; p < pairs; p++) {
            int first = at + p * step;
            double a = row[first];
            double b = row[first + apart];
            row[first] = a * cos[p] + b * sin[p];
            row[first + apart] = b * cos[p] - a * sin[p];
        }
    }

    /** Like {@link #rotate(float[], int, int)}, in double precision. */
    public void rotate(double[] row, int position) {
        look(position);
        for (int p = 0; p < pairs; p++) {
            int first = p * step;
            double a = row[first];
            double b = row[first + apart];
            row[first] = a * cos[p] - b * sin[p];
            row[first + apart] = a * sin[p] + b * cos[p];
        }
    }
}
