package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.bench.attention.Visible;
import java.util.EnumSet;
import java.util.Set;

/**
 * Rows of the answer to a problem with options, three plain passes each as the definition reads, and no engine asked. Either exact, in
 * double arithmetic, or in float arithmetic: the result of every step is rounded once more, which for the four basic operations gives
 * exactly what float operations would.
 */
final class OptionRow {
    private static final Set<Operand> KNOWN = EnumSet.of(
            Operand.QUERY,
            Operand.KEY,
            Operand.VALUE,
            Operand.OUT,
            Operand.BIAS,
            Operand.KEEP_MASK,
            Operand.KEY_LENGTHS,
            Operand.QUERY_OFFSETS,
            Operand.KEY_OFFSETS,
            Operand.ALIBI_SLOPES,
            Operand.SINK,
            Operand.ROTARY_COS,
            Operand.ROTARY_SIN);

    private final OptionProblem problem;
    private final AttentionSpec spec;
    private final float[] query;
    private final float[] key;
    private final float[] value;

    /** @throws IllegalArgumentException if the problem has an option that is not known here */
    OptionRow(OptionProblem problem) {
        this.problem = problem;
        spec = problem.spec();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && !KNOWN.contains(operand)) {
                throw new IllegalArgumentException(
                        "the bench cannot check " + operand.label() + ", only " + KNOWN + "; leave it out");
            }
        }
        query = problem.floats(Operand.QUERY);
        key = problem.floats(Operand.KEY);
        value = problem.floats(Operand.VALUE);
    }

    /** One row of out: valueDim numbers. */
    float[] attend(int entry, int head, int row, boolean inFloats) {
        int kvHead = head / spec.groupSize();
        int keys = problem.keys(entry);
        int begin = Visible.begin(spec.mask(), problem.queries(entry), keys, row);
        int end = Visible.end(spec.mask(), problem.queries(entry), keys, row);
        double[] q = vector(query, problem.queryRow(entry, head, row));
        rotate(q, Math.max(0, row + keys - problem.queries(entry)), inFloats);
        double[] weights = new double[keys];
        double sink = spec.has(Operand.SINK) ? at(Operand.SINK, 0, head, 0, 0) : Double.NEGATIVE_INFINITY;
        double max = sink;
        for (int j = begin; j < end; j++) {
            double[] k = vector(key, problem.keyRow(entry, kvHead, j));
            rotate(k, j, inFloats);
            weights[j] =
                    keeps(entry, head, row, j) ? score(q, k, entry, head, row, j, inFloats) : Double.NEGATIVE_INFINITY;
            max = Math.max(max, weights[j]);
        }
        float[] out = new float[spec.valueDim()];
        if (max == Double.NEGATIVE_INFINITY) {
            return out;
        }
        double sum = round(Math.exp(round(sink - max, inFloats)), inFloats);
        for (int j = begin; j < end; j++) {
            weights[j] = round(Math.exp(round(weights[j] - max, inFloats)), inFloats);
            sum = round(sum + weights[j], inFloats);
        }
        double[] sums = new double[out.length];
        for (int j = begin; j < end; j++) {
            double weight = round(weights[j] / sum, inFloats);
            int valueAt = problem.keyRow(entry, kvHead, j) * out.length;
            for (int c = 0; weight != 0 && c < out.length; c++) { // a hidden value may hold anything
                sums[c] = round(sums[c] + round(weight * value[valueAt + c], inFloats), inFloats);
            }
        }
        for (int c = 0; c < out.length; c++) {
            out[c] = (float) sums[c];
        }
        return out;
    }

    private double score(double[] q, double[] k, int entry, int head, int row, int j, boolean inFloats) {
        double dot = 0;
        for (int c = 0; c < q.length; c++) {
            dot = round(dot + round(q[c] * k[c], inFloats), inFloats);
        }
        double score = round(dot * spec.scale(), inFloats);
        if (spec.softcap() > 0) {
            double bounded = round(Math.tanh(round(score / spec.softcap(), inFloats)), inFloats);
            score = round(spec.softcap() * bounded, inFloats);
        }
        if (spec.has(Operand.BIAS)) {
            score = round(score + at(Operand.BIAS, entry, head, row, j), inFloats);
        }
        if (spec.has(Operand.ALIBI_SLOPES)) {
            int distance = Math.abs(row + problem.keys(entry) - problem.queries(entry) - j);
            double slope = at(Operand.ALIBI_SLOPES, entry, head, 0, 0);
            score = round(score - round(slope * distance, inFloats), inFloats);
        }
        return score;
    }

    private double[] vector(float[] rows, int row) {
        double[] vector = new double[spec.headDim()];
        for (int c = 0; c < vector.length; c++) {
            vector[c] = rows[row * vector.length + c];
        }
        return vector;
    }

    private void rotate(double[] x, int position, boolean inFloats) {
        Rotary rotary = spec.rotary();
        if (rotary == null) {
            return;
        }
        int at = Math.min(position, rotary.positions() - 1);
        for (int pair = 0; pair < rotary.dim() / 2; pair++) {
            double cos = at(Operand.ROTARY_COS, 0, 0, at, pair);
            double sin = at(Operand.ROTARY_SIN, 0, 0, at, pair);
            int first = rotary.interleaved() ? 2 * pair : pair;
            int second = rotary.interleaved() ? 2 * pair + 1 : pair + rotary.dim() / 2;
            double a = x[first];
            double b = x[second];
            x[first] = round(round(a * cos, inFloats) - round(b * sin, inFloats), inFloats);
            x[second] = round(round(a * sin, inFloats) + round(b * cos, inFloats), inFloats);
        }
    }

    private boolean keeps(int entry, int head, int row, int j) {
        if (!spec.has(Operand.KEEP_MASK)) {
            return true;
        }
        byte[] mask = (byte[]) problem.array(Operand.KEEP_MASK);
        TensorSpec tensor = spec.operand(Operand.KEEP_MASK);
        if (tensor.dtype() == DType.U8) {
            return mask[index(tensor, tensor.columns(), entry, head, row, j)] != 0;
        }
        int bit = tensor.columns() == 1 ? 0 : j;
        int rowBytes = (tensor.columns() + 7) / 8;
        return (mask[index(tensor, rowBytes, entry, head, row, bit / 8)] >> bit % 8 & 1) != 0;
    }

    private double at(Operand operand, int entry, int head, int row, int column) {
        TensorSpec tensor = spec.operand(operand);
        int index = index(tensor, tensor.columns(), entry, head, row, column);
        return problem.array(operand) instanceof float[] values
                ? values[index]
                : Bits16.value(tensor.dtype(), ((short[]) problem.array(operand))[index]);
    }

    /** Counts through [batch, heads, rows, columns]; a dimension of size 1 holds for all. */
    private static int index(TensorSpec tensor, int columns, int entry, int head, int row, int column) {
        int index = tensor.batch() == 1 ? 0 : entry;
        index = index * tensor.heads() + (tensor.heads() == 1 ? 0 : head);
        index = index * tensor.rows() + (tensor.rows() == 1 ? 0 : row);
        return index * columns + (columns == 1 ? 0 : column);
    }

    private static double round(double x, boolean inFloats) {
        return inFloats ? (float) x : x;
    }
}
