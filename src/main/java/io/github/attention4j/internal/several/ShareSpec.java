package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.TypeRule;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.PlaceOfPart;

/** Makes the spec of a block of a call, which computes for the block alone what the call computes for it. */
final class ShareSpec {
    private ShareSpec() {}

    static AttentionSpec of(AttentionSpec whole, Block block) {
        AttentionSpec some = whole;
        if (block.entries().count() < whole.batch() || block.kvHeads().count() < whole.kvHeads()) {
            int heads = Math.multiplyExact(block.kvHeads().count(), whole.groupSize());
            some = some.withHeads(
                    block.entries().count(), heads, block.kvHeads().count());
        }
        By by = By.of(whole, block);
        if (by == By.KEYS || by == By.QUERIES) {
            some = some.toBuilder()
                    .order(Layout.Order.BATCH_HEAD_ROW)
                    .build()
                    .withLengths(block.queries().count(), block.keys().count());
            some = placed(some, whole, block);
        }
        var builder = dense(by == By.KEYS ? some.withLse(true) : some).toBuilder();
        if (by == By.KEYS) {
            builder.type(Operand.OUT, DType.F32);
        }
        addFunctions(builder, whole);
        for (Operand output : Operand.values()) {
            boolean isSum = whole.isOutput(output) && isSummed(whole, block, output);
            if (isSum && OperandTable.of(output).types() == TypeRule.FLOAT) {
                builder.type(output, DType.F32);
            }
        }
        return builder.build();
    }

    /** Tells where queries and keys are, unless they are as in a call of their own. */
    private static AttentionSpec placed(AttentionSpec some, AttentionSpec whole, Block block) {
        boolean isOwnEnd = SeenKeys.areOwnEnd(whole)
                && block.keys().end() - block.queries().end() == whole.keyLength() - whole.queryLength();
        if (isOwnEnd && (whole.rotary() == null || block.keys().first() == 0)) {
            return some;
        }
        AttentionSpecBuilder builder = some.toBuilder();
        Mask mask = whole.mask();
        if (mask.isBounded() || whole.score() != null || whole.keep() != null) {
            builder.mask(new Mask(mask.left(), mask.right(), Mask.Alignment.GIVEN));
        }
        if (whole.rotary() != null && !whole.has(Operand.QUERY_POSITIONS)) {
            builder.queryPositions(some.batch());
        }
        if (whole.rotary() != null
                && !whole.has(Operand.KEY_POSITIONS)
                && block.keys().first() > 0) {
            builder.keyPositions(1);
        }
        return builder.build();
    }

    /** Those of the whole call, where they ask for what is another number in the block. */
    private static void addFunctions(AttentionSpecBuilder builder, AttentionSpec whole) {
        int numbers = numbers(whole);
        Expression score = whole.score() == null ? null : whole.score().ofPart(numbers);
        Expression keep = whole.keep() == null ? null : whole.keep().ofPart(numbers);
        if (score != null) {
            builder.score(score);
        }
        if (keep != null) {
            builder.keep(keep);
        }
        if (asksForPlaces(whole)) {
            builder.scoreNumbers(numbers + PlaceOfPart.COUNT);
        }
    }

    /** Numbers that the whole call has. */
    static int numbers(AttentionSpec whole) {
        return whole.has(Operand.SCORE_NUMBERS)
                ? whole.operand(Operand.SCORE_NUMBERS).columns()
                : 0;
    }

    /** Whether a function must be told where the block is. */
    static boolean asksForPlaces(AttentionSpec whole) {
        int numbers = numbers(whole);
        return asksForPlaces(whole.score(), numbers) || asksForPlaces(whole.keep(), numbers);
    }

    private static boolean asksForPlaces(Expression expression, int numbers) {
        return expression != null && !expression.ofPart(numbers).equals(expression);
    }

    private static AttentionSpec dense(AttentionSpec spec) {
        var builder = spec.toBuilder();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && OperandTable.of(operand).role().isStrided()) {
                TensorSpec tensor = spec.operand(operand);
                TensorSpec dense = TensorSpec.dense(
                        tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
                builder.layout(operand, dense.layout());
            }
        }
        return builder.build();
    }

    /** Whether an output of a call is a sum over all blocks of such a cut. */
    static boolean isSummed(AttentionSpec whole, Block block, Operand output) {
        By by = By.of(whole, block);
        if (!whole.isBackward() || by == null) {
            return false;
        }
        TensorSpec tensor = whole.operand(output);
        OperandRow row = OperandTable.of(output);
        return switch (by) {
            case ENTRIES ->
                row.batch() != Dimension.QUERY_BATCH
                        && row.batch() != Dimension.KEY_BATCH
                        && (row.batch() == Dimension.GIVEN || tensor.batch() != whole.batch());
            case KV_HEADS ->
                row.heads() == Dimension.GIVEN
                        || tensor.heads() != (row.heads() == Dimension.KV_HEADS ? whole.kvHeads() : whole.heads());
            case QUERIES ->
                row.rows() != Dimension.QUERY_ROWS && row.rows() != Dimension.QUERY_LENGTH
                        || tensor.rows() != whole.queryLength();
            case KEYS -> false; // such calls are not cut by keys
        };
    }
}
