package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OFFSETS;
import static io.github.attention4j.layers.LayerOperand.OUT;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;

/**
 * One row an entry of a ragged batch, which is how vectors of tokens become one of a text:
 *
 * <pre>
 * mean:   out[e] = mean of input[offsets[e]] to input[offsets[e + 1] − 1]
 * first:  out[e] = input[offsets[e]]
 * normalised:  out[e] / max(‖out[e]‖, 1e-12)
 * </pre>
 *
 * <p>Operands: input [rows, columns]; offsets, entries + 1 numbers in I32 from 0 to rows, never falling; out [entries,
 * columns]. Input and out are F32, F16 or BF16, sums 32-bit floats. An entry of no rows gives 0; offsets out of range
 * count as the nearest in range. Each method returns a new spec.
 */
public final class PoolingSpec implements LayerSpec {
    private final int entries;
    private final int rows;
    private final int columns;
    private final boolean mean;
    private final boolean normalized;
    private final LayerForm form;
    private final LayerOperands operands;

    private PoolingSpec(int entries, int rows, int columns, boolean mean, boolean normalized, LayerForm form) {
        this.entries = entries;
        this.rows = rows;
        this.columns = columns;
        this.mean = mean;
        this.normalized = normalized;
        this.form = form;
        operands = new LayerOperands()
                .with(INPUT, form.tensor(INPUT, rows, columns))
                .with(OFFSETS, TensorSpec.dense(DType.I32, 1, 1, 1, entries + 1))
                .with(OUT, form.tensor(OUT, entries, columns));
    }

    private static PoolingSpec of(int entries, int rows, int columns, boolean mean) {
        LayerChecks.atLeastOne("entries", entries);
        LayerChecks.atLeastOne("rows", rows);
        LayerChecks.atLeastOne("columns", columns);
        if (entries == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "entries must be less than " + entries + ", for there is one more offset");
        }
        return new PoolingSpec(entries, rows, columns, mean, false, new LayerForm());
    }

    /**
     * The mean of each entry's rows.
     *
     * @param rows of all entries together
     */
    public static PoolingSpec mean(int entries, int rows, int columns) {
        return of(entries, rows, columns, true);
    }

    /** The first of each entry's rows. */
    public static PoolingSpec first(int entries, int rows, int columns) {
        return of(entries, rows, columns, false);
    }

    private PoolingSpec with(LayerForm changed) {
        return new PoolingSpec(entries, rows, columns, mean, normalized, changed);
    }

    /** Each row is divided by its length. */
    public PoolingSpec withNormalization() {
        return new PoolingSpec(entries, rows, columns, mean, true, form);
    }

    /** Types of input and out. */
    public PoolingSpec withTypes(DType input, DType out) {
        return with(form.type(INPUT, input).type(OUT, out));
    }

    /** The distance from one row of input or out to the next in elements, at least the columns. */
    public PoolingSpec withRowStride(LayerOperand operand, long rowStride) {
        LayerChecks.requireOneOf(operand, INPUT, OUT);
        return with(form.rowStride(operand, rowStride));
    }

    /** The first element of input or out in its tensor. */
    public PoolingSpec withStart(LayerOperand operand, long start) {
        LayerChecks.requireOneOf(operand, INPUT, OUT);
        return with(form.start(operand, start));
    }

    /** Rows of out. */
    public int entries() {
        return entries;
    }

    /** Rows of input, of all entries together. */
    @Override
    public int rows() {
        return rows;
    }

    /** Elements of a row. */
    public int columns() {
        return columns;
    }

    /** Whether it is the mean of the rows, and not the first. */
    public boolean isMean() {
        return mean;
    }

    /** Whether each row is divided by its length. */
    public boolean isNormalized() {
        return normalized;
    }

    @Override
    public boolean has(LayerOperand operand) {
        return operands.has(operand);
    }

    @Override
    public TensorSpec operand(LayerOperand operand) {
        return operands.get(operand);
    }

    @Override
    public boolean mayShare(LayerOperand output, LayerOperand input) {
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolingSpec that
                && mean == that.mean
                && normalized == that.normalized
                && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return operands.hashCode() + 31 * ((mean ? 1 : 0) + (normalized ? 2 : 0));
    }

    /** "mean pooling, normalised: 8 entries, 128 rows of 384, …". */
    @Override
    public String toString() {
        return (mean ? "mean" : "first row") + " pooling" + (normalized ? ", normalised" : "") + ": " + entries
                + " entries, " + rows + " rows of " + columns + ", " + operands;
    }
}
