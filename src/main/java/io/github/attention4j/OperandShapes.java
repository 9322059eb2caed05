package io.github.attention4j;

import io.github.attention4j.internal.Overlaps;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.internal.operand.TypeRule;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Works out type, shape and layout of every operand of a spec, and checks what the caller asked for. */
final class OperandShapes {
    private final AttentionSpec spec;
    private final SpecRequest asked;
    private final int queryBatch;
    private final int keyBatch;
    private final int queryRows;
    private final int keyRows;

    OperandShapes(AttentionSpec spec, SpecRequest asked) {
        this.spec = spec;
        this.asked = asked;
        boolean raggedQueries = asked.wants(Operand.QUERY_OFFSETS);
        boolean raggedKeys = asked.wants(Operand.KEY_OFFSETS);
        queryBatch = raggedQueries ? 1 : spec.batch();
        boolean paged = asked.wants(Operand.PAGE_TABLE);
        keyBatch = paged ? asked.number(Setting.PAGES) : raggedKeys ? 1 : spec.batch();
        queryRows = raggedQueries ? asked.number(Setting.TOTAL_QUERIES) : spec.queryLength();
        keyRows = paged
                ? asked.number(Setting.PAGE_SIZE)
                : raggedKeys ? asked.number(Setting.TOTAL_KEYS) : spec.keyLength();
    }

    /** Those of all operands that calls have. */
    Map<Operand, TensorSpec> shapes() {
        EnumMap<Operand, TensorSpec> shapes = new EnumMap<>(Operand.class);
        for (Operand operand : asked.operands().keySet()) { // gradients come behind their operands
            Operand gradientOf = OperandTable.of(operand).gradientOf();
            if (gradientOf != null && !asked.wants(gradientOf)) {
                throw new IllegalArgumentException("a gradient is asked for " + gradientOf.label()
                        + ", but calls of this spec have no such operand; ask for it too");
            }
            shapes.put(operand, gradientOf == null ? tensor(operand) : gradient(operand, shapes.get(gradientOf)));
        }
        for (Operand operand : asked.layouts().keySet()) {
            if (!asked.wants(operand)) {
                throw new IllegalArgumentException("a layout is given for " + operand.label()
                        + ", but calls of this spec have no such operand; ask for it too");
            }
        }
        return Collections.unmodifiableMap(shapes);
    }

    private TensorSpec tensor(Operand operand) {
        DType type = asked.type(operand);
        requireType(operand, type);
        int[] size = size(operand);
        Layout layout = asked.layouts().get(operand);
        if (layout != null) {
            requireStrided(operand);
        }
        TensorSpec tensor = named(operand, type, size, null);
        tensor = named(operand, type, size, layout == null ? ordered(operand, tensor) : layout);
        if (operand.isOutput() && !asked.isBackward()) {
            requireNoOverlap(operand, tensor);
        }
        return tensor;
    }

    /** As its operand lies, unless that repeats elements. */
    private TensorSpec gradient(Operand operand, TensorSpec of) {
        DType type = asked.type(operand);
        requireType(operand, type);
        int[] size = {of.batch(), of.heads(), of.rows(), of.columns()};
        Layout layout = asked.layouts().get(operand);
        if (layout == null) {
            layout = Overlaps.within(of) != null ? null : of.layout();
        } else {
            requireStrided(operand);
        }
        TensorSpec tensor = named(operand, type, size, layout);
        if (operand.isOutput()) {
            requireNoOverlap(operand, tensor);
        }
        return tensor;
    }

    /** A tensor does not know whose it is; {@code layout} may be null for none. */
    private static TensorSpec named(Operand operand, DType type, int[] size, Layout layout) {
        try {
            return layout == null
                    ? TensorSpec.dense(type, size[0], size[1], size[2], size[3])
                    : new TensorSpec(type, size[0], size[1], size[2], size[3], layout);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(operand.label() + ": " + e.getMessage(), e);
        }
    }

    private static void requireStrided(Operand operand) {
        if (!OperandTable.of(operand).role().isStrided()) {
            throw new IllegalArgumentException(
                    "a layout may be given for query, key, value, out, lse, scores, keep_mask and bias, but is given for "
                            + operand.label() + ", whose elements lie side by side");
        }
    }

    private static void requireType(Operand operand, DType type) {
        TypeRule types = OperandTable.of(operand).types();
        if (!types.allows(type)) {
            throw new IllegalArgumentException(operand.label() + " must have type " + types + ", but has " + type);
        }
    }

    /** The shape asked for, or the full one. */
    private int[] size(Operand operand) {
        int[] wanted = asked.operands().get(operand).size();
        if (OperandTable.of(operand).columns() == Dimension.GIVEN) {
            return wanted.clone();
        }
        int[] full = fullSize(operand);
        if (wanted.length == 0) {
            return full;
        }
        int[] size = new int[4];
        for (int i = 0; i < 4; i++) {
            size[i] = wanted[i] == SpecRequest.WHOLE ? full[i] : wanted[i];
        }
        for (int i = 0; i < 4; i++) {
            if (size[i] != full[i] && size[i] != 1) {
                throw new IllegalArgumentException(operand.label() + " must have shape [1 or " + full[0] + ", 1 or "
                        + full[1] + ", 1 or " + full[2] + ", 1 or " + full[3] + "], but [" + size[0] + ", "
                        + size[1] + ", " + size[2] + ", " + size[3] + "] was asked for");
            }
        }
        return size;
    }

    private int[] fullSize(Operand operand) {
        OperandRow row = OperandTable.of(operand);
        return new int[] {
            size(row.batch(), row), size(row.heads(), row), size(row.rows(), row), size(row.columns(), row)
        };
    }

    private int size(Dimension dimension, OperandRow row) {
        return switch (dimension) {
            case GIVEN -> throw new IllegalStateException("the size of this operand is given");
            case ONE -> 1;
            case BATCH -> spec.batch();
            case BATCH_AND_ONE -> spec.batch() + 1;
            case HEADS -> spec.heads();
            case KV_HEADS -> spec.kvHeads();
            case QUERY_LENGTH -> spec.queryLength();
            case KEY_LENGTH -> spec.keyLength();
            case HEAD_DIM -> spec.headDim();
            case VALUE_DIM -> spec.valueDim();
            case QUERY_BATCH -> queryBatch;
            case QUERY_ROWS -> queryRows;
            case KEY_BATCH -> keyBatch;
            case KEY_ROWS -> keyRows;
            case PAGES_OF_ENTRY -> (int) ((spec.keyLength() - 1L) / keyRows + 1);
            case POSITIONS -> spec.rotary().positions();
            case ROTARY_PAIRS -> spec.rotary().dim() / 2;
            case DROPOUT_NUMBERS -> Dropout.NUMBERS;
            case BLOCK_NUMBERS ->
                (int) BlockMask.numbers(spec.queryLength(), spec.keyLength(), spec.blockQueries(), spec.blockKeys());
            case SCALES -> {
                OperandRow scaled = OperandTable.of(row.scalesOf());
                yield asked.type(row.scalesOf()).scales(size(scaled.columns(), scaled));
            }
        };
    }

    private Layout ordered(Operand operand, TensorSpec tensor) {
        Object order = asked.settings().getOrDefault(Setting.ORDER, Layout.Order.BATCH_HEAD_ROW);
        if (OperandTable.of(operand).role() != Role.MAIN || order == Layout.Order.BATCH_HEAD_ROW) {
            return tensor.layout();
        }
        if (order == Layout.Order.BATCH_ROW_HEAD || operand == Operand.OUT) {
            return Layout.rowsFirst(tensor.heads(), tensor.rows(), tensor.rowUnits());
        }
        if (asked.wants(Operand.PAGE_TABLE) || asked.wants(Operand.KEY_SCALES) || asked.wants(Operand.VALUE_SCALES)) {
            throw new IllegalArgumentException(
                    "PACKED_QKV has query, key and value in one array, but keys or values that are paged or quantised are in their"
                            + " own; use BATCH_ROW_HEAD");
        }
        requireOneType();
        if (queryRows != keyRows || queryBatch != keyBatch) {
            throw new IllegalArgumentException("PACKED_QKV needs as many queries as keys, but there are " + queryRows
                    + " and " + keyRows + "; use BATCH_ROW_HEAD");
        }
        long keysAt = (long) spec.heads() * spec.headDim(); // sums of three products of ints fit a long
        long valuesAt = keysAt + (long) spec.kvHeads() * spec.headDim();
        long row = valuesAt + (long) spec.kvHeads() * spec.valueDim();
        long start = operand == Operand.QUERY ? 0 : operand == Operand.KEY ? keysAt : valuesAt;
        return new Layout(start, Sizes.times(row, tensor.rows()), tensor.columns(), row);
    }

    /** Positions count elements, so those of one array are of one type. */
    private void requireOneType() {
        DType query = asked.type(Operand.QUERY);
        DType key = asked.type(Operand.KEY);
        DType value = asked.type(Operand.VALUE);
        if (query != key || key != value) {
            throw new IllegalArgumentException(
                    "PACKED_QKV has query, key and value in one array, so of one type, but they are " + query + ", "
                            + key + " and " + value + "; use one type, or BATCH_ROW_HEAD with arrays of their own");
        }
    }

    private static void requireNoOverlap(Operand operand, TensorSpec tensor) {
        String stride = Overlaps.within(tensor);
        if (stride != null) {
            throw new IllegalArgumentException(operand.label() + " is an output, whose elements must not overlap, but "
                    + tensor.layout() + " of shape " + tensor.shape() + " has " + stride);
        }
    }
}
