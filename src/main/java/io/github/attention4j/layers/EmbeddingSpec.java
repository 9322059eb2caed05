package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.IDS;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.POSITION_IDS;
import static io.github.attention4j.layers.LayerOperand.POSITION_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;

/**
 * Rows of a table by their numbers, which is how ids of tokens become vectors:
 *
 * <pre>out[r] = weight[ids[r]] (+ position_weight[position_ids[r]]) (+ bias)</pre>
 *
 * <p>Operands: ids and position_ids, one I32 a row; weight [vocabulary, columns], position_weight [positions, columns],
 * bias [1, columns], which in models of the BERT family is the row of the type that all tokens have; out [rows,
 * columns]. Tables and out are F32, F16 or BF16, sums 32-bit floats. An id out of range counts as the nearest that is
 * in range. Each method returns a new spec.
 */
public final class EmbeddingSpec implements LayerSpec {
    private final int rows;
    private final int columns;
    private final int vocabulary;
    private final int positions;
    private final boolean bias;
    private final LayerForm form;
    private final LayerOperands operands;

    private EmbeddingSpec(int rows, int columns, int vocabulary, int positions, boolean bias, LayerForm form) {
        this.rows = rows;
        this.columns = columns;
        this.vocabulary = vocabulary;
        this.positions = positions;
        this.bias = bias;
        this.form = form;
        operands = new LayerOperands()
                .with(IDS, TensorSpec.dense(DType.I32, 1, 1, rows, 1))
                .with(WEIGHT, form.tensor(WEIGHT, vocabulary, columns))
                .with(OUT, form.tensor(OUT, rows, columns));
        if (positions > 0) {
            operands.with(POSITION_IDS, TensorSpec.dense(DType.I32, 1, 1, rows, 1));
            operands.with(POSITION_WEIGHT, form.tensor(POSITION_WEIGHT, WEIGHT, positions, columns));
        }
        if (bias) {
            operands.with(BIAS, form.tensor(BIAS, WEIGHT, 1, columns));
        }
    }

    /** Rows of one table. */
    public static EmbeddingSpec of(int rows, int columns, int vocabulary) {
        LayerChecks.atLeastOne("rows", rows);
        LayerChecks.atLeastOne("columns", columns);
        LayerChecks.atLeastOne("vocabulary", vocabulary);
        return new EmbeddingSpec(rows, columns, vocabulary, 0, false, new LayerForm());
    }

    private EmbeddingSpec with(LayerForm changed) {
        return new EmbeddingSpec(rows, columns, vocabulary, positions, bias, changed);
    }

    /**
     * Calls have {@link LayerOperand#POSITION_IDS} and {@link LayerOperand#POSITION_WEIGHT}.
     *
     * @param positions rows of that table, at least 1
     */
    public EmbeddingSpec withPositions(int positions) {
        LayerChecks.atLeastOne("positions", positions);
        return new EmbeddingSpec(rows, columns, vocabulary, positions, bias, form);
    }

    /** Calls have {@link LayerOperand#BIAS}. */
    public EmbeddingSpec withBias() {
        return new EmbeddingSpec(rows, columns, vocabulary, positions, true, form);
    }

    /** Types of the tables, which bias has too, and of out. */
    public EmbeddingSpec withTypes(DType weight, DType out) {
        return with(form.type(WEIGHT, weight).type(OUT, out));
    }

    /** The type of an operand. */
    public EmbeddingSpec withType(LayerOperand operand, DType type) {
        LayerChecks.requireOneOf(operand, WEIGHT, POSITION_WEIGHT, BIAS, OUT);
        return with(form.type(operand, type));
    }

    /** The distance from one row of weight, position_weight or out to the next in elements, at least the columns. */
    public EmbeddingSpec withRowStride(LayerOperand operand, long rowStride) {
        LayerChecks.requireOneOf(operand, WEIGHT, POSITION_WEIGHT, OUT);
        return with(form.rowStride(operand, rowStride));
    }

    /** The first element of weight, position_weight or out in its tensor. */
    public EmbeddingSpec withStart(LayerOperand operand, long start) {
        LayerChecks.requireOneOf(operand, WEIGHT, POSITION_WEIGHT, OUT);
        return with(form.start(operand, start));
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Elements of a row. */
    public int columns() {
        return columns;
    }

    /** Rows of the table. */
    public int vocabulary() {
        return vocabulary;
    }

    /** Rows of the table of positions, 0 if there is none. */
    public int positions() {
        return positions;
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
        return other instanceof EmbeddingSpec that && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return operands.hashCode();
    }

    /** "embedding: 128 rows of 384 out of 30522, …". */
    @Override
    public String toString() {
        return "embedding: " + rows + " rows of " + columns + " out of " + vocabulary
                + (positions > 0 ? " and " + positions + " positions" : "") + ", " + operands;
    }
}
