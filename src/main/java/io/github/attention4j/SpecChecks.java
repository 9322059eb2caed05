package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;

/** Whether the parts of a spec fit together. */
final class SpecChecks {
    private final AttentionSpec spec;
    private final SpecRequest request;

    SpecChecks(AttentionSpec spec, SpecRequest request) {
        this.spec = spec;
        this.request = request;
    }

    /** What can be known before the shapes of operands are. */
    void checkSettings() {
        Checks.requirePositive("batch", spec.batch());
        Checks.requirePositive("heads", spec.heads());
        requireLength("queryLength", spec.queryLength());
        requireLength("keyLength", spec.keyLength());
        Checks.requirePositive("headDim", spec.headDim());
        if (spec.heads() % spec.kvHeads() != 0) {
            throw new IllegalArgumentException("heads must be a multiple of kvHeads, but heads=" + spec.heads()
                    + " and kvHeads=" + spec.kvHeads() + "; each key/value head serves heads/kvHeads query heads");
        }
        if (!Float.isFinite(spec.scale())) {
            throw new IllegalArgumentException("scale must be finite, but is " + spec.scale()
                    + "; leave it out for 1/sqrt(headDim) = " + 1 / Math.sqrt(spec.headDim()));
        }
        requireOneHeadFits("query", spec.queryLength(), spec.headDim());
        int keyRows = request.wants(Operand.PAGE_TABLE) ? request.number(Setting.PAGE_SIZE) : spec.keyLength();
        requireOneHeadFits("key", keyRows, spec.headDim());
        requireOneHeadFits("value", keyRows, spec.valueDim());
        requireOneHeadFits("out", spec.queryLength(), spec.valueDim());
        checkOptions();
    }

    private void checkOptions() {
        checkRotary();
        checkBackward();
        checkFunctions(spec.score(), spec.keep());
        checkBlocks();
        if (spec.rotary() != null && request.wants(Operand.ADDITIVE_VECTOR)) {
            throw new IllegalArgumentException("rotary embedding turns query and key for dot products, but scores are "
                    + "additive; use one of them");
        }
        if (spec.batch() == Integer.MAX_VALUE
                && (request.wants(Operand.QUERY_OFFSETS) || request.wants(Operand.KEY_OFFSETS))) {
            throw new IllegalArgumentException("batch must be at most " + (Integer.MAX_VALUE - 1)
                    + " where queries or keys are ragged, whose offsets are one more than batch entries, but is "
                    + spec.batch() + "; split the batch into several calls");
        }
        if (request.wants(Operand.PREFIX_LENGTHS) && spec.mask().right() == Mask.UNBOUNDED) {
            throw new IllegalArgumentException(
                    "prefixLengths lift the right bound of a mask, but the mask has none; ask for causal() or a window too");
        }
        if (request.wants(Operand.PAGE_TABLE) && request.wants(Operand.KEY_OFFSETS)) {
            throw new IllegalArgumentException(
                    "keys are either paged or ragged, but both were asked for; key lengths say how many keys of its pages an entry has");
        }
        if (request.wants(Operand.DIAGONALS) != (spec.mask().alignment() == Mask.Alignment.GIVEN)) {
            throw new IllegalArgumentException(
                    "diagonals go with Alignment.GIVEN; use mask(Mask.causal(Alignment.GIVEN))");
        }
    }

    private void checkFunctions(Expression score, Expression keep) {
        int numbers = Math.max(score == null ? 0 : score.numbers(), keep == null ? 0 : keep.numbers());
        int given = request.wants(Operand.SCORE_NUMBERS)
                ? request.operands().get(Operand.SCORE_NUMBERS).size()[CallTensor.RANK - 1]
                : 0;
        if (numbers > given) {
            throw new IllegalArgumentException("a function reads number " + (numbers - 1) + " of the call, which has "
                    + given + "; ask for scoreNumbers(" + numbers + ")");
        }
        for (int i = 0; i < CallTensor.MOST; i++) {
            boolean isRead = score != null && score.reads(i) || keep != null && keep.reads(i);
            if (isRead && !request.wants(OperandTable.scoreTensor(i))) {
                throw new IllegalArgumentException("a function reads tensor " + i
                        + " of the call, which has none; ask for scoreTensor(" + i + ", type, sizes)");
            }
            if (keep != null && keep.reads(i) && request.wants(gradient(i))) {
                throw new IllegalArgumentException("a gradient is asked for score_tensor_" + i
                        + ", but the keep function reads it, and what is kept or not has no gradient; give that one"
                        + " a tensor of its own");
            }
        }
    }

    private void checkBlocks() {
        if (!request.wants(Operand.BLOCK_MASK)) {
            return;
        }
        int[] size = request.operands().get(Operand.BLOCK_MASK).size();
        long ofHead = BlockMask.numbers(spec.queryLength(), spec.keyLength(), spec.blockQueries(), spec.blockKeys());
        long heads = Sizes.times(size[0] == 1 ? 1 : spec.batch(), size[1] == 1 ? 1 : spec.heads());
        if (ofHead > Integer.MAX_VALUE / heads) {
            throw new IllegalArgumentException("block_mask must have at most " + Integer.MAX_VALUE
                    + " numbers, but has " + ofHead + " for each of " + heads + " heads; take larger blocks than "
                    + spec.blockQueries() + " x " + spec.blockKeys());
        }
    }

    private static Operand gradient(int tensor) {
        return OperandTable.gradientOf(OperandTable.scoreTensor(tensor));
    }

    private void checkBackward() {
        if (!request.isBackward()) {
            if (request.wants(Operand.GRAD_LSE) || spec.accumulates()) {
                throw new IllegalArgumentException((spec.accumulates() ? "accumulate" : "gradLse")
                        + " is for gradients, but none are asked for; use spec.backward(..).toBuilder()");
            }
            return;
        }
        for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE}) {
            DType type = request.type(operand);
            if (type.isQuantised()) {
                throw new IllegalArgumentException("there are no gradients where " + operand.label()
                        + " is quantised, but it is " + type + "; train with F32, F16 or BF16");
            }
        }
        if (request.wants(Operand.PAGE_TABLE)) {
            throw new IllegalArgumentException(
                    "there are no gradients where keys and values lie in pages, which are for"
                            + " text generation; train with dense or ragged keys");
        }
        if (spec.scoreStage() != null) {
            throw new IllegalArgumentException("there are no gradients through " + Operand.SCORES.label()
                    + ", but the spec asks for them; leave returnScores(..) out where gradients are wanted");
        }
    }

    private void checkRotary() {
        Rotary rotary = spec.rotary();
        if (rotary != null && rotary.dim() > spec.headDim()) {
            throw new IllegalArgumentException(
                    "rotary dim must be at most headDim = " + spec.headDim() + ", but is " + rotary.dim());
        }
        if (rotary == null && (request.wants(Operand.QUERY_POSITIONS) || request.wants(Operand.KEY_POSITIONS))) {
            throw new IllegalArgumentException("positions are given, but nothing reads them; ask for rotary(...) too");
        }
    }

    /** Where no positions are given, key j is at position j, and no query is at a higher one than the last key. */
    void checkRotaryTables() {
        Rotary rotary = spec.rotary();
        boolean haveQueries = request.wants(Operand.QUERY_POSITIONS);
        boolean haveKeys = request.wants(Operand.KEY_POSITIONS);
        if (rotary != null && rotary.positions() < spec.keyLength() && !(haveQueries && haveKeys)) {
            throw new IllegalArgumentException("rotary tables must have at least keyLength = " + spec.keyLength()
                    + " positions, because "
                    + (haveKeys ? "query i is at position i + keys - queries" : "key j is at position j")
                    + ", but have " + rotary.positions() + "; make longer tables, or give positions with "
                    + (haveKeys ? "" : "keyPositions(..)") + (haveKeys || haveQueries ? "" : " and ")
                    + (haveQueries ? "" : "queryPositions(..)"));
        }
    }

    private static void requireLength(String name, int value) {
        Checks.requirePositive(name, value);
        if (value > Sizes.MOST_ROWS) {
            throw new IllegalArgumentException(name + " must be at most " + Sizes.MOST_ROWS + ", but is " + value
                    + "; split the sequence into several calls");
        }
    }

    private static void requireOneHeadFits(String name, int rows, int columns) {
        if ((long) rows * columns > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("one head of " + name + " must hold at most " + Integer.MAX_VALUE
                    + " elements, but " + rows + " x " + columns + " = " + (long) rows * columns
                    + "; split the sequence into several calls");
        }
    }
}
