package io.github.attention4j.bench.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import org.junit.jupiter.api.Test;

class OptionProblemTest {
    static OptionProblem random(AttentionSpecBuilder builder) {
        return new OptionProblem(builder.build(), Layout.Order.BATCH_HEAD_ROW).fill(1);
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().heads(2).sequenceLength(3).headDim(2);
    }

    @Test
    void arraysOfAnotherSizeAreRefused() {
        OptionProblem problem = new OptionProblem(builder().build(), Layout.Order.BATCH_HEAD_ROW);
        assertThrows(IllegalArgumentException.class, () -> problem.with(Operand.QUERY, new float[11]));
        assertThrows(IllegalArgumentException.class, () -> problem.with(Operand.BIAS, new float[9]));
        assertThrows(IllegalStateException.class, () -> problem.array(Operand.QUERY));
    }

    @Test
    void onlyDataOfTheSameTypeAndShapeIsTakenOver() {
        OptionProblem plain = random(builder());
        OptionProblem option = new OptionProblem(
                        builder().type(Operand.KEY, DType.F16).sink().build(), Layout.Order.BATCH_HEAD_ROW)
                .withDataOf(plain)
                .fill(1);
        assertSame(plain.array(Operand.QUERY), option.array(Operand.QUERY));
        assertNotSame(plain.array(Operand.KEY), option.array(Operand.KEY));
        assertEquals(2, ((float[]) option.array(Operand.SINK)).length);
        assertArrayEquals(plain.floats(Operand.KEY), option.floats(Operand.KEY), 2e-3f, "the same data, rounded");
    }

    @Test
    void pairsFollowMaskAndLengths() {
        assertEquals(2 * 9, random(builder()).pairs());
        assertEquals(2 * 6, random(builder().causal()).pairs());
        assertEquals(2 * 5, random(builder().mask(Mask.window(1, 0))).pairs());
        OptionProblem ragged = new OptionProblem(
                        builder()
                                .batch(2)
                                .raggedQueries(5)
                                .raggedKeys(5)
                                .causal()
                                .build(),
                        Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY_OFFSETS, new int[] {0, 3, 5})
                .with(Operand.KEY_OFFSETS, new int[] {0, 3, 5});
        assertEquals(2 * (6 + 3), ragged.pairs());
        assertEquals("2x2x3x3x2 causal ragged", ragged.shape());
    }
}
