package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;

/** Rows of query or key, rotated if the spec has a rotary embedding. */
final class RotatedRows {
    private final AttentionSpec spec;
    private final boolean queries;
    private final boolean single;
    private final Elements rows;
    private final Elements cosines;
    private final Elements sines;
    private final Elements positions;

    /** @param single whether each step is rounded to float */
    RotatedRows(AttentionSpec spec, AttentionArrays inputs, Operand operand, boolean single) {
        this.spec = spec;
        this.single = single;
        queries = operand == Operand.QUERY;
        rows = Elements.of(spec, inputs, operand);
        cosines = Elements.of(spec, inputs, Operand.ROTARY_COS);
        sines = Elements.of(spec, inputs, Operand.ROTARY_SIN);
        positions = Elements.of(spec, inputs, queries ? Operand.QUERY_POSITIONS : Operand.KEY_POSITIONS);
    }

    /** Row {@code index} of an entry. */
    double[] row(Entry entry, int head, int index) {
        float[] stored = new float[spec.headDim()];
        int batch = queries ? entry.queryBatch() : entry.keyBatch();
        rows.row(batch, head, (queries ? entry.queryBegin() : entry.keyBegin()) + index, stored);
        double[] row = new double[stored.length];
        for (int d = 0; d < row.length; d++) {
            row[d] = stored[d];
        }
        if (spec.rotary() != null) {
            rotate(row, position(entry, index));
        }
        return row;
    }

    private int position(Entry entry, int index) {
        int position = queries ? Math.max(0, index + entry.keys() - entry.queries()) : index;
        if (positions != null) {
            position = positions.getInt(entry.batch(), 0, index);
        }
        return Entry.clamp(position, 0, spec.rotary().positions() - 1);
    }

    private void rotate(double[] row, int position) {
        Rotary rotary = spec.rotary();
        int pairs = rotary.dim() / 2;
        for (int pair = 0; pair < pairs; pair++) {
            int first = rotary.interleaved() ? 2 * pair : pair;
            int second = rotary.interleaved() ? first + 1 : first + pairs;
            double cos = cosines.get(0, 0, position, pair);
            double sin = sines.get(0, 0, position, pair);
            double a = row[first];
            double b = row[second];
            row[first] = round(round(a * cos) - round(b * sin));
            row[second] = round(round(a * sin) + round(b * cos));
        }
    }

    /** From the gradient with respect to a rotated row to that of the row; {@code sizes} sums magnitudes. */
    void turnBack(double[] row, Entry entry, int index, boolean sizes) {
        Rotary rotary = spec.rotary();
        for (int pair = 0; rotary != null && pair < rotary.dim() / 2; pair++) {
            int first = rotary.interleaved() ? 2 * pair : pair;
            int second = rotary.interleaved() ? first + 1 : first + rotary.dim() / 2;
            double cos = cosines.get(0, 0, position(entry, index), pair);
            double sin = sines.get(0, 0, position(entry, index), pair);
            double a = row[first];
            double b = row[second];
            row[first] = sizes ? Math.abs(a * cos) + Math.abs(b * sin) : round(round(a * cos) + round(b * sin));
            row[second] = sizes ? Math.abs(b * cos) + Math.abs(a * sin) : round(round(b * cos) - round(a * sin));
        }
    }

    private double round(double x) {
        return single ? (float) x : x;
    }
}
