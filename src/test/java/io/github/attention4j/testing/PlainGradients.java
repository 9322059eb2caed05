package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.EnumMap;
import java.util.Map;

/**
 * Gradients of everything that a spec may ask for, pair by pair, in the arithmetic that is asked for. Written from the
 * documentation and apart from the library.
 */
public final class PlainGradients {
    /** How each step is rounded. */
    public enum Arithmetic {
        DOUBLE,
        /** Every step is rounded to float. */
        FLOAT,
        /**
         * What roundings are relative to: every term by its magnitude, weights with the magnitudes of what they are the
         * exponential of.
         */
        TERMS,
        /** Every term by its magnitude, and no more. */
        MAGNITUDES
    }

    private final AttentionSpec spec;
    private final AttentionArrays inputs;
    private final boolean single;
    private final boolean terms;
    private final boolean areScoresRounded;
    private final Sight sight;
    private final RotatedRows queries;
    private final RotatedRows keys;
    private final Elements values;
    private final Elements bias;
    private final Elements slopes;
    private final Elements sink;
    private final Elements vector;
    private final PlainFunction function;
    private final byte[] dropped;
    private final Map<Operand, double[]> gradients = new EnumMap<>(Operand.class);

    private PlainGradients(AttentionSpec spec, AttentionArrays inputs, Arithmetic arithmetic) {
        this.spec = spec;
        this.inputs = inputs;
        single = arithmetic == Arithmetic.FLOAT;
        terms = arithmetic == Arithmetic.TERMS || arithmetic == Arithmetic.MAGNITUDES;
        areScoresRounded = arithmetic == Arithmetic.TERMS;
        sight = new Sight(spec, inputs, true);
        queries = new RotatedRows(spec, inputs, Operand.QUERY, single);
        keys = new RotatedRows(spec, inputs, Operand.KEY, single);
        values = elements(Operand.VALUE);
        bias = elements(Operand.BIAS);
        slopes = elements(Operand.ALIBI_SLOPES);
        sink = elements(Operand.SINK);
        vector = elements(Operand.ADDITIVE_VECTOR);
        function = PlainFunction.of(spec, inputs, spec.score(), single);
        int[] state = (int[]) (spec.dropout() > 0 ? inputs.get(Operand.DROPOUT_STATE) : null);
        dropped =
                state == null ? null : Dropout.dropped(spec, (long) state[1] << 32 | state[0] & 0xffffffffL, state[2]);
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                TensorSpec tensor = spec.operand(operand);
                gradients.put(operand, new double[tensor.batch() * tensor.heads() * tensor.rows() * tensor.columns()]);
            }
        }
    }

    private Elements elements(Operand operand) {
        return Elements.of(spec, inputs, operand);
    }

    /** All gradients of a call in the order [batch, head, row, column] of their shapes; nothing is added to. */
    public static Map<Operand, double[]> of(AttentionSpec spec, AttentionArrays inputs, Arithmetic arithmetic) {
        PlainGradients all = new PlainGradients(spec, inputs, arithmetic);
        for (Entry entry : Entry.of(spec, inputs)) {
            for (int kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
                all.group(entry, kvHead);
            }
        }
        return all.gradients;
    }

    private void group(Entry entry, int kvHead) {
        double[][] k = new double[entry.keys()][];
        double[][] v = new double[entry.keys()][];
        double[][] gradKeys = new double[entry.keys()][spec.headDim()];
        for (int j = 0; j < k.length; j++) {
            k[j] = keys.row(entry, kvHead, j);
            v[j] = row(values, entry.keyBatch(), kvHead, entry.keyBegin() + j, spec.valueDim());
        }
        for (int member = 0; member < spec.groupSize(); member++) {
            for (int i = 0; i < entry.queries(); i++) {
                query(entry, kvHead * spec.groupSize() + member, i, k, v, gradKeys);
            }
        }
        for (int j = 0; j < k.length; j++) {
            keys.turnBack(gradKeys[j], entry, j, terms);
            addRow(Operand.GRAD_KEY, entry.keyBatch(), kvHead, entry.keyBegin() + j, gradKeys[j]);
        }
    }

    private static double[] row(Elements elements, int batch, int head, int row, int columns) {
        double[] numbers = new double[columns];
        for (int d = 0; d < columns; d++) {
            numbers[d] = elements.get(batch, head, row, d);
        }
        return numbers;
    }

    private void query(Entry entry, int head, int i, double[][] k, double[][] v, double[][] gradKeys) {
        int row = entry.queryBegin() + i;
        double lse = elements(Operand.LSE).get(entry.queryBatch(), head, row, 0);
        if (lse == Double.NEGATIVE_INFINITY) {
            return;
        }
        double[] q = queries.row(entry, head, i);
        double[] gradOut = row(elements(Operand.GRAD_OUT), entry.queryBatch(), head, row, spec.valueDim());
        double[] out = row(elements(Operand.OUT), entry.queryBatch(), head, row, spec.valueDim());
        double gradLse =
                spec.has(Operand.GRAD_LSE) ? elements(Operand.GRAD_LSE).get(entry.queryBatch(), head, row, 0) : 0;
        double delta = terms ? dot(gradOut, out) + Math.abs(gradLse) : round(dot(gradOut, out) - gradLse);
        double[] gradQuery = new double[spec.headDim()];
        for (int j = 0; j < k.length; j++) {
            if (sight.sees(entry, head, i, j)) {
                pair(entry, head, i, j, q, k[j], v[j], gradOut, lse, delta, gradQuery, gradKeys[j]);
            }
        }
        if (spec.has(Operand.GRAD_SINK)) {
            double logit = sink.get(0, head, 0, 0);
            double weight = round(Math.exp(round(logit - lse))) * (terms ? 1 + Math.abs(logit) + Math.abs(lse) : 1);
            add(Operand.GRAD_SINK, 0, head, 0, 0, terms ? weight * delta : -round(weight * delta));
        }
        queries.turnBack(gradQuery, entry, i, terms);
        addRow(Operand.GRAD_QUERY, entry.queryBatch(), head, row, gradQuery);
    }

    private void pair(
            Entry entry,
            int head,
            int i,
            int j,
            double[] q,
            double[] k,
            double[] v,
            double[] gradOut,
            double lse,
            double delta,
            double[] gradQuery,
            double[] gradKey) {
        double plain = product(head, q, k, false);
        double scaled = round(spec.scale() * plain);
        double tanh = spec.softcap() > 0 ? round(Math.tanh(round(scaled / spec.softcap()))) : 0;
        double score = spec.softcap() > 0 ? round(spec.softcap() * tanh) : scaled;
        double size = Math.abs(spec.scale()) * product(head, q, k, true) + Math.abs(lse);
        double slope = terms || spec.softcap() <= 0 ? 1 : round(1 - round(tanh * tanh));
        if (function != null) {
            double change = function.slope(entry, head, i, j, score);
            slope = terms ? Math.abs(change) : round(slope * change);
            score = function.score(entry, head, i, j, score);
            size = size * Math.max(1, Math.abs(change)) + Math.abs(score);
        }
        if (bias != null) {
            score = round(score + bias.get(entry.batch(), head, i, j));
            size += Math.abs(bias.get(entry.batch(), head, i, j));
        }
        double distance = Math.abs((long) i + entry.keys() - entry.queries() - j);
        if (slopes != null) {
            double alibi = round(slopes.get(entry.batch(), head, 0, 0) * distance);
            score = round(score - alibi);
            size += Math.abs(alibi);
        }
        double weight = round(Math.exp(round(score - lse))) * (areScoresRounded ? 1 + size : 1);
        double factor = 1;
        if (dropped != null) {
            int at = ((entry.batch() * spec.heads() + head) * spec.queryLength() + i) * spec.keyLength() + j;
            factor = dropped[at] == 1 ? 0 : 1 / (1 - Math.round(spec.dropout() * 65536) / 65536.0);
        }
        double gradWeight = round(factor * dot(gradOut, v));
        double gradScore = round(weight * (terms ? gradWeight + delta : round(gradWeight - delta)));
        for (int d = 0; d < v.length; d++) {
            double kept = round(weight * factor);
            add(
                    Operand.GRAD_VALUE,
                    entry.keyBatch(),
                    head / spec.groupSize(),
                    entry.keyBegin() + j,
                    d,
                    terms ? kept * Math.abs(gradOut[d]) : round(kept * gradOut[d]));
        }
        add(Operand.GRAD_BIAS, entry.batch(), head, i, j, gradScore);
        add(
                Operand.GRAD_ALIBI_SLOPES,
                entry.batch(),
                head,
                0,
                0,
                terms ? gradScore * distance : -round(gradScore * distance));
        for (int tensor = 0; tensor < 4 && function != null; tensor++) {
            double[] sums = gradients.get(Operand.valueOf("GRAD_SCORE_TENSOR_" + tensor));
            if (sums != null) {
                double first = spec.softcap() > 0 ? round(spec.softcap() * tanh) : scaled;
                Operand of = Operand.valueOf("SCORE_TENSOR_" + tensor);
                function.addSlopes(of, entry, head, i, j, first, gradScore, x -> terms ? Math.abs(x) : round(x), sums);
            }
        }
        double gradDot = round(round(gradScore * slope) * (terms ? Math.abs(spec.scale()) : spec.scale()));
        for (int d = 0; d < q.length; d++) {
            double ofQuery = k[d];
            double ofKey = q[d];
            if (vector != null) {
                double part = round(Math.tanh(round(q[d] + k[d])));
                double w = vector.get(0, head, 0, d);
                ofQuery = terms ? Math.abs(w) : round(w * round(1 - round(part * part)));
                ofKey = ofQuery;
                add(Operand.GRAD_ADDITIVE_VECTOR, 0, head, 0, d, terms ? gradDot : round(gradDot * part));
            }
            gradQuery[d] = round(gradQuery[d] + (terms ? gradDot * Math.abs(ofQuery) : round(gradDot * ofQuery)));
            gradKey[d] = round(gradKey[d] + (terms ? gradDot * Math.abs(ofKey) : round(gradDot * ofKey)));
        }
    }

    /** What stands for the dot product of query and key; {@code sizes} sums magnitudes. */
    private double product(int head, double[] q, double[] k, boolean sizes) {
        double sum = 0;
        for (int d = 0; d < q.length; d++) {
            double term = vector == null
                    ? round(q[d] * k[d])
                    : round(vector.get(0, head, 0, d) * round(Math.tanh(round(q[d] + k[d]))));
            sum = round(sum + (sizes ? Math.abs(term) : term));
        }
        return sum;
    }

    private double dot(double[] a, double[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            double term = round(a[d] * b[d]);
            sum = round(sum + (terms ? Math.abs(term) : term));
        }
        return sum;
    }

    private void addRow(Operand gradient, int batch, int head, int row, double[] numbers) {
        for (int d = 0; d < numbers.length; d++) {
            add(gradient, batch, head, row, d, numbers[d]);
        }
    }

    private void add(Operand gradient, int batch, int head, int row, int column, double number) {
        double[] sums = gradients.get(gradient);
        if (sums == null) {
            return;
        }
        TensorSpec tensor = spec.operand(gradient);
        int at = tensor.batch() == 1 ? 0 : batch;
        at = at * tensor.heads() + (tensor.heads() == 1 ? 0 : head);
        at = at * tensor.rows() + (tensor.rows() == 1 ? 0 : row);
        at = at * tensor.columns() + (tensor.columns() == 1 ? 0 : column);
        sums[at] = round(sums[at] + number);
    }

    private double round(double x) {
        return single ? (float) x : x;
    }
}
