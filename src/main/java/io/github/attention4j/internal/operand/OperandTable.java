package io.github.attention4j.internal.operand;

import static io.github.attention4j.internal.operand.Dimension.BATCH;
import static io.github.attention4j.internal.operand.Dimension.BATCH_AND_ONE;
import static io.github.attention4j.internal.operand.Dimension.BLOCK_NUMBERS;
import static io.github.attention4j.internal.operand.Dimension.DROPOUT_NUMBERS;
import static io.github.attention4j.internal.operand.Dimension.GIVEN;
import static io.github.attention4j.internal.operand.Dimension.HEADS;
import static io.github.attention4j.internal.operand.Dimension.HEAD_DIM;
import static io.github.attention4j.internal.operand.Dimension.KEY_BATCH;
import static io.github.attention4j.internal.operand.Dimension.KEY_LENGTH;
import static io.github.attention4j.internal.operand.Dimension.KEY_ROWS;
import static io.github.attention4j.internal.operand.Dimension.KV_HEADS;
import static io.github.attention4j.internal.operand.Dimension.ONE;
import static io.github.attention4j.internal.operand.Dimension.PAGES_OF_ENTRY;
import static io.github.attention4j.internal.operand.Dimension.POSITIONS;
import static io.github.attention4j.internal.operand.Dimension.QUERY_BATCH;
import static io.github.attention4j.internal.operand.Dimension.QUERY_LENGTH;
import static io.github.attention4j.internal.operand.Dimension.QUERY_ROWS;
import static io.github.attention4j.internal.operand.Dimension.ROTARY_PAIRS;
import static io.github.attention4j.internal.operand.Dimension.SCALES;
import static io.github.attention4j.internal.operand.Dimension.VALUE_DIM;
import static io.github.attention4j.internal.operand.Role.EXTRA;
import static io.github.attention4j.internal.operand.Role.MAIN;
import static io.github.attention4j.internal.operand.Role.PAIR;
import static io.github.attention4j.internal.operand.Role.ROW;
import static io.github.attention4j.internal.operand.TypeRule.F32;
import static io.github.attention4j.internal.operand.TypeRule.FLOAT;
import static io.github.attention4j.internal.operand.TypeRule.FLOAT_OR_QUANTISED;
import static io.github.attention4j.internal.operand.TypeRule.I32;
import static io.github.attention4j.internal.operand.TypeRule.KEEP;
import static io.github.attention4j.internal.operand.TypeRule.NUMBER;

import io.github.attention4j.Operand;

/**
 * The one table of operands: a new one is a row here, and what makes use of it. Their order is that of {@link Operand},
 * in which kernels take them.
 */
public final class OperandTable {
    private static final Operand[] OPERANDS = Operand.values();
    private static final OperandRow[] ROWS = rows();

    private OperandTable() {}

    private static OperandRow row(Operand operand) {
        return switch (operand) {
            case QUERY ->
                new OperandRow(MAIN, FLOAT, QUERY_BATCH, HEADS, QUERY_ROWS, HEAD_DIM).compiledAs("QUERY_TYPE");
            case KEY ->
                new OperandRow(MAIN, FLOAT_OR_QUANTISED, KEY_BATCH, KV_HEADS, KEY_ROWS, HEAD_DIM)
                        .compiledAs("KEY_TYPE");
            case VALUE ->
                new OperandRow(MAIN, FLOAT_OR_QUANTISED, KEY_BATCH, KV_HEADS, KEY_ROWS, VALUE_DIM)
                        .compiledAs("VALUE_TYPE");
            case OUT -> new OperandRow(MAIN, FLOAT, QUERY_BATCH, HEADS, QUERY_ROWS, VALUE_DIM).compiledAs("OUT_TYPE");
            case LSE -> new OperandRow(ROW, F32, QUERY_BATCH, HEADS, QUERY_ROWS, ONE);
            case SCORES -> new OperandRow(PAIR, F32, BATCH, HEADS, QUERY_LENGTH, KEY_LENGTH);
            case KEEP_MASK ->
                new OperandRow(PAIR, KEEP, BATCH, HEADS, QUERY_LENGTH, KEY_LENGTH).compiledAs("KEEP_TYPE");
            case BIAS -> new OperandRow(PAIR, FLOAT, BATCH, HEADS, QUERY_LENGTH, KEY_LENGTH).compiledAs("BIAS_TYPE");
            case KEY_LENGTHS -> new OperandRow(EXTRA, I32, BATCH, ONE, ONE, ONE).with(Contents.COUNTS_OF_KEYS);
            case QUERY_OFFSETS ->
                new OperandRow(EXTRA, I32, BATCH_AND_ONE, ONE, ONE, ONE).with(Contents.OFFSETS_OF_QUERIES);
            case KEY_OFFSETS -> new OperandRow(EXTRA, I32, BATCH_AND_ONE, ONE, ONE, ONE).with(Contents.OFFSETS_OF_KEYS);
            case DIAGONALS -> new OperandRow(EXTRA, I32, BATCH, ONE, ONE, ONE);
            case PREFIX_LENGTHS -> new OperandRow(EXTRA, I32, BATCH, ONE, ONE, ONE).with(Contents.COUNTS_OF_KEYS);
            case KEY_BEGINS, KEY_ENDS -> new OperandRow(EXTRA, I32, BATCH, HEADS, QUERY_LENGTH, ONE);
            case ALIBI_SLOPES -> new OperandRow(EXTRA, F32, BATCH, HEADS, ONE, ONE).compiledAs("HAS_ALIBI");
            case SINK -> new OperandRow(EXTRA, F32, ONE, HEADS, ONE, ONE);
            case ROTARY_COS, ROTARY_SIN -> new OperandRow(EXTRA, F32, ONE, ONE, POSITIONS, ROTARY_PAIRS);
            case QUERY_POSITIONS -> new OperandRow(EXTRA, I32, BATCH, ONE, QUERY_LENGTH, ONE).with(Contents.POSITIONS);
            case KEY_POSITIONS -> new OperandRow(EXTRA, I32, BATCH, ONE, KEY_LENGTH, ONE).with(Contents.POSITIONS);
            case PAGE_TABLE -> new OperandRow(EXTRA, I32, BATCH, ONE, PAGES_OF_ENTRY, ONE).with(Contents.PAGES);
            case KEY_SCALES ->
                new OperandRow(EXTRA, F32, KEY_BATCH, KV_HEADS, KEY_ROWS, SCALES).ofScalesOf(Operand.KEY);
            case VALUE_SCALES ->
                new OperandRow(EXTRA, F32, KEY_BATCH, KV_HEADS, KEY_ROWS, SCALES).ofScalesOf(Operand.VALUE);
            case ADDITIVE_VECTOR -> new OperandRow(EXTRA, F32, ONE, HEADS, ONE, HEAD_DIM).compiledAs("IS_ADDITIVE");
            case DROPOUT_STATE ->
                new OperandRow(EXTRA, I32, ONE, ONE, ONE, DROPOUT_NUMBERS)
                        .with(Contents.DROPOUT_STATE)
                        .compiledAs("HAS_DROPOUT");
            case SCORE_NUMBERS -> new OperandRow(EXTRA, F32, ONE, ONE, ONE, GIVEN);
            case SCORE_TENSOR_0, SCORE_TENSOR_1, SCORE_TENSOR_2, SCORE_TENSOR_3 ->
                new OperandRow(EXTRA, NUMBER, GIVEN, GIVEN, GIVEN, GIVEN);
            case BLOCK_MASK -> new OperandRow(EXTRA, I32, BATCH, HEADS, ONE, BLOCK_NUMBERS);
            case GRAD_OUT -> gradient(Operand.OUT).compiledAs("GRAD_OUT_TYPE");
            case GRAD_LSE -> gradient(Operand.LSE);
            case GRAD_QUERY -> gradient(Operand.QUERY).compiledAs("GRAD_QUERY_TYPE");
            case GRAD_KEY -> gradient(Operand.KEY).compiledAs("GRAD_KEY_TYPE");
            case GRAD_VALUE -> gradient(Operand.VALUE).compiledAs("GRAD_VALUE_TYPE");
            case GRAD_BIAS -> gradient(Operand.BIAS).compiledAs("GRAD_BIAS_TYPE");
            case GRAD_ALIBI_SLOPES -> gradient(Operand.ALIBI_SLOPES);
            case GRAD_SINK -> gradient(Operand.SINK);
            case GRAD_ADDITIVE_VECTOR -> gradient(Operand.ADDITIVE_VECTOR);
            case GRAD_SCORE_TENSOR_0 -> gradient(Operand.SCORE_TENSOR_0);
            case GRAD_SCORE_TENSOR_1 -> gradient(Operand.SCORE_TENSOR_1);
            case GRAD_SCORE_TENSOR_2 -> gradient(Operand.SCORE_TENSOR_2);
            case GRAD_SCORE_TENSOR_3 -> gradient(Operand.SCORE_TENSOR_3);
        };
    }

    private static OperandRow gradient(Operand operand) {
        return row(operand).ofGradientOf(operand);
    }

    private static OperandRow[] rows() {
        OperandRow[] rows = new OperandRow[OPERANDS.length];
        for (Operand operand : OPERANDS) {
            rows[operand.ordinal()] = row(operand);
        }
        return rows;
    }

    /** What there is to know of an operand. */
    public static OperandRow of(Operand operand) {
        return ROWS[operand.ordinal()];
    }

    /** The tensor of a call that functions know by this number. */
    public static Operand scoreTensor(int index) {
        return OPERANDS[Operand.SCORE_TENSOR_0.ordinal() + index];
    }

    /** Whether it is the gradient of such a tensor. */
    public static boolean isScoreTensorGradient(Operand operand) {
        return operand.ordinal() >= Operand.GRAD_SCORE_TENSOR_0.ordinal();
    }

    /** How many operands calls of a pass may have: the first so many. */
    public static int count(boolean isBackward) {
        int count = 0;
        for (OperandRow row : ROWS) {
            count += isBackward || !row.isOfBackward() ? 1 : 0;
        }
        return count;
    }

    /** The operand that is another one's gradient, or null if that never has one. */
    public static Operand gradientOf(Operand operand) {
        for (Operand gradient : OPERANDS) {
            if (of(gradient).gradientOf() == operand) {
                return gradient;
            }
        }
        return null;
    }

    /** The operand with the scales of another one's rows, or null if it never has any. */
    public static Operand scalesOf(Operand operand) {
        for (Operand scales : OPERANDS) {
            if (of(scales).scalesOf() == operand) {
                return scales;
            }
        }
        return null;
    }
}
