package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Gradients of sampled rows by their definition, in double precision, and how far others may be from them: of a call
 * with nothing but query, key, value, dropout and a mask that is a range of keys.
 *
 * <p>Errors are shares of a tensor's largest sampled element. Arithmetic in floats errs by some 1e-6 of it: a weight by
 * the rounding of its score, a sum of thousands by that of its terms, which have either sign as the sum does. Where
 * tensors, weights and their gradients are rounded to bf16, each by up to 1/256 of itself, that is some 5e-3. A tile, a
 * head or a factor that is missing is off by more than either tolerance.
 */
public final class SampledGradients {
    private static final double TOLERANCE = 1e-5;
    private static final double TOLERANCE_16_BITS = 2e-2;
    private static final int ROWS = 24;
    /** Beyond, the definition of gradients of keys would take minutes, and their {@link GradientSums} must do. */
    private static final double MOST_PAIRS = 0x1p31;

    private final AttentionSpec spec;
    private final double[] query;
    private final double[] key;
    private final double[] value;
    private final double[] gradOut;
    /** Of each row of [batch, heads, queryLength]. */
    private final double[] lse;
    /** The sum of gradOut * out of each of them. */
    private final double[] delta;
    /** 1 for each pair whose weight is dropped; null without dropout. */
    private final byte[] dropped;
    /** What weights are multiplied by that are not dropped. */
    private final double kept;

    /** Whether gradients of keys and values are judged by their sums alone. */
    private final boolean isLong;

    private SampledGradients(Case call, boolean isLong) {
        this.isLong = isLong;
        spec = call.spec();
        AttentionSpec backward = spec.backward();
        query = numbers(backward, call.inputs(), Operand.QUERY);
        key = numbers(backward, call.inputs(), Operand.KEY);
        value = numbers(backward, call.inputs(), Operand.VALUE);
        gradOut = numbers(backward, call.inputs(), Operand.GRAD_OUT);
        lse = new double[Math.toIntExact(spec.lseElements())];
        delta = new double[lse.length];
        dropped = spec.dropout() > 0 ? dropped(spec, (int[]) call.inputs().get(Operand.DROPOUT_STATE)) : null;
        kept = 1 / (1 - Math.rint(spec.dropout() * 65536) / 65536);
    }

    private static byte[] dropped(AttentionSpec spec, int[] state) {
        return Dropout.dropped(spec, state[0] & 0xffffffffL | (long) state[1] << 32, state[2]);
    }

    /** @param call {@link Case#withGradOut} */
    public static SampledGradients of(Case call) {
        AttentionSpec spec = call.spec();
        double pairs = (double) spec.batch() * spec.heads() * spec.queryLength() * spec.keyLength();
        return of(call, pairs > MOST_PAIRS && spec.dropout() == 0);
    }

    static SampledGradients of(Case call, boolean isLong) {
        SampledGradients gradients = new SampledGradients(call, isLong);
        AttentionSpec spec = call.spec();
        int heads = spec.batch() * spec.heads();
        int length = spec.queryLength();
        if (isLong) {
            samples(heads * length).parallel().forEach(row -> gradients.forward(row, row + 1));
        } else {
            IntStream.range(0, heads).parallel().forEach(head -> gradients.forward(head * length, (head + 1) * length));
        }
        return gradients;
    }

    /** Some rows of so many: the first, the last, and others between them. */
    private static IntStream samples(int rows) {
        int samples = Math.min(ROWS, rows);
        return IntStream.range(0, samples).map(each -> (int) ((long) each * (rows - 1) / Math.max(1, samples - 1)));
    }

    private static double[] numbers(AttentionSpec spec, AttentionArrays arrays, Operand operand) {
        TensorSpec tensor = spec.operand(operand);
        Elements elements = Elements.of(spec, arrays, operand);
        double[] numbers = new double[Math.toIntExact(tensor.elements())];
        for (int at = 0; at < numbers.length; at++) {
            int row = at / tensor.columns();
            int head = row / tensor.rows();
            numbers[at] = elements.get(
                    head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), at % tensor.columns());
        }
        return numbers;
    }

    /** Rows of one head. */
    private void forward(int firstRow, int end) {
        int keys = spec.keyLength();
        int dim = spec.headDim();
        int kvHead = firstRow / spec.queryLength() / spec.groupSize();
        double[][] columns = new double[dim][keys]; // loops along keys, which the JVM turns into vectors
        for (int j = 0; j < keys; j++) {
            for (int c = 0; c < dim; c++) {
                columns[c][j] = key[(kvHead * keys + j) * dim + c];
            }
        }
        double[] weights = new double[keys];
        for (int row = firstRow; row < end; row++) {
            row(row, kvHead, columns, weights);
        }
    }

    private void row(int row, int kvHead, double[][] columns, double[] weights) {
        int begin = begin(row);
        int end = end(row);
        Arrays.fill(weights, 0);
        for (int c = 0; c < columns.length; c++) {
            double[] column = columns[c];
            double factor = spec.scale() * query[row * columns.length + c];
            for (int j = begin; j < end; j++) {
                weights[j] += factor * column[j];
            }
        }
        double max = Double.NEGATIVE_INFINITY;
        for (int j = begin; j < end; j++) {
            max = Math.max(max, weights[j]);
        }
        double sum = 0;
        int dim = spec.valueDim();
        double[] out = new double[dim];
        for (int j = begin; j < end; j++) {
            double weight = Math.exp(weights[j] - max);
            int valueAt = (kvHead * spec.keyLength() + j) * dim;
            sum += weight;
            double part = weight * factor(row, j);
            for (int c = 0; c < dim; c++) {
                out[c] += part * value[valueAt + c];
            }
        }
        lse[row] = max + Math.log(sum);
        delta[row] = begin < end ? dot(gradOut, row * dim, out, 0, dim) / sum : 0;
    }

    private int begin(int row) {
        return Visible.begin(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
    }

    private int end(int row) {
        return Visible.end(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
    }

    private static double dot(double[] a, int aAt, double[] b, int bAt, int dim) {
        double sum = 0;
        for (int c = 0; c < dim; c++) {
            sum += a[aAt + c] * b[bAt + c];
        }
        return sum;
    }

    /** The gradient of a query row, which counts through [batch, heads, queryLength]. */
    private double[] gradQuery(int row) {
        int kvHead = row / spec.queryLength() / spec.groupSize();
        double[] gradient = new double[spec.headDim()];
        for (int j = begin(row); j < end(row); j++) {
            int keyRow = kvHead * spec.keyLength() + j;
            add(gradient, gradDot(row, keyRow, weight(row, keyRow)), key, keyRow);
        }
        return gradient;
    }

    /** The gradients of a row of keys and of values, which count through [batch, kvHeads, keyLength]. */
    private double[] gradKeyOrValue(int keyRow, boolean ofKey) {
        double[] gradient = new double[ofKey ? spec.headDim() : spec.valueDim()];
        int rows = spec.groupSize() * spec.queryLength();
        int kvHead = keyRow / spec.keyLength();
        int j = keyRow % spec.keyLength();
        for (int row = kvHead * rows; row < (kvHead + 1) * rows; row++) {
            if (begin(row) <= j && j < end(row)) {
                double weight = weight(row, keyRow);
                if (ofKey) {
                    add(gradient, gradDot(row, keyRow, weight), query, row);
                } else {
                    add(gradient, weight * factor(row, j), gradOut, row);
                }
            }
        }
        return gradient;
    }

    /** What dropout multiplies a weight by. */
    private double factor(int row, int j) {
        return dropped == null ? 1 : dropped[row * spec.keyLength() + j] == 0 ? kept : 0;
    }

    private double weight(int row, int keyRow) {
        int dim = spec.headDim();
        return Math.exp(spec.scale() * dot(query, row * dim, key, keyRow * dim, dim) - lse[row]);
    }

    private double gradDot(int row, int keyRow, double weight) {
        int dim = spec.valueDim();
        double gradWeight = factor(row, keyRow % spec.keyLength()) * dot(gradOut, row * dim, value, keyRow * dim, dim);
        return spec.scale() * weight * (gradWeight - delta[row]);
    }

    private static void add(double[] sums, double factor, double[] numbers, int row) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] += factor * numbers[row * sums.length + c];
        }
    }

    /**
     * Judges an answer: sampled rows by their distance, all others only for being numbers.
     *
     * @param answer {@link Gradients}
     * @param inBf16 whether it was computed in bf16
     */
    public Verdict judge(float[] answer, boolean inBf16) {
        double allowed = inBf16 || spec.operand(Operand.QUERY).dtype() != DType.F32 ? TOLERANCE_16_BITS : TOLERANCE;
        int length = query.length + key.length + value.length;
        if (answer.length != length) {
            String fault = "the gradients have " + answer.length + " elements, but should have " + length;
            return new Verdict(Double.NaN, allowed, fault);
        }
        Verdict worst = new Verdict(0, allowed);
        for (Operand operand : new Operand[] {Operand.GRAD_QUERY, Operand.GRAD_KEY, Operand.GRAD_VALUE}) {
            Verdict verdict = new Verdict(error(operand, answer), allowed);
            if (!(verdict.error() <= worst.error())) {
                worst = verdict.passed()
                        ? verdict
                        : new Verdict(verdict.error(), allowed, operand.label() + ": " + verdict.fault());
            }
            if (Double.isNaN(worst.error())) {
                break;
            }
        }
        return worst;
    }

    private double error(Operand operand, float[] answer) {
        boolean ofQuery = operand == Operand.GRAD_QUERY;
        boolean ofValue = operand == Operand.GRAD_VALUE;
        int begin = ofQuery ? 0 : query.length + (ofValue ? key.length : 0);
        int columns = ofValue ? spec.valueDim() : spec.headDim();
        int rows = (ofQuery ? query : ofValue ? value : key).length / columns;
        for (int at = begin; at < begin + rows * columns; at++) {
            if (!Float.isFinite(answer[at])) {
                return Double.NaN;
            }
        }
        if (isLong && !ofQuery) {
            GradientSums sums = new GradientSums(spec, query, key, gradOut);
            return ofValue ? sums.ofValue(answer, begin) : sums.ofKey(answer, begin);
        }
        double largest = 0;
        double error = 0;
        for (int row : samples(rows).toArray()) {
            double[] exact = ofQuery ? gradQuery(row) : gradKeyOrValue(row, !ofValue);
            for (int c = 0; c < columns; c++) {
                largest = Math.max(largest, Math.abs(exact[c]));
                error = Math.max(error, Math.abs(exact[c] - answer[begin + row * columns + c]));
            }
        }
        return largest == 0 ? error : error / largest;
    }
}
