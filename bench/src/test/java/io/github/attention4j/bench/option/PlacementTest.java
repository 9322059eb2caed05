package io.github.attention4j.bench.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import org.junit.jupiter.api.Test;

class PlacementTest {
    /** Two heads over one key head, two rows of one column: head 0 holds 1, 2 and head 1 holds 3, 4. */
    private static OptionProblem problem(Layout.Order order) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .kvHeads(1)
                .sequenceLength(2)
                .headDim(1)
                .order(order)
                .build();
        return new OptionProblem(spec, order)
                .with(Operand.QUERY, new float[] {1, 2, 3, 4})
                .with(Operand.KEY, new float[] {5, 6})
                .with(Operand.VALUE, new float[] {7, 8});
    }

    @Test
    void denseStaysAsItIs() {
        OptionProblem problem = problem(Layout.Order.BATCH_HEAD_ROW);
        assertArrayEquals(new float[] {1, 2, 3, 4}, (float[]) Placement.placed(problem, Operand.QUERY));
        assertArrayEquals(new float[] {1, 2, 3, 4}, Placement.outOf(problem, new float[] {1, 2, 3, 4}));
    }

    @Test
    void rowsFirstAndBack() {
        OptionProblem problem = problem(Layout.Order.BATCH_ROW_HEAD);
        float[] placed = (float[]) Placement.placed(problem, Operand.QUERY);
        assertArrayEquals(new float[] {1, 3, 2, 4}, placed);
        assertArrayEquals(new float[] {1, 2, 3, 4}, Placement.outOf(problem, placed));
    }

    @Test
    void packedRowsHoldQueryThenKeyThenValue() {
        OptionProblem problem = problem(Layout.Order.PACKED_QKV);
        assertArrayEquals(new float[] {1, 3, 5, 7, 2, 4, 6, 8}, (float[]) Placement.packed(problem));
        assertArrayEquals(new float[] {1, 2, 3, 4}, Placement.outOf(problem, new float[] {1, 3, 2, 4}));
    }
}
