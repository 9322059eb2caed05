package io.github.attention4j.internal.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which calls can be one along the batch. */
class StackTest {
    /** Where the number of an entry matters, where offsets say where it lies, or something lies between elements. */
    private static final Set<String> NEVER =
            Set.of("dropout", "ragged", "ragged keys with lengths", "rows before heads", "packed", "everything");

    private static List<Operand> shared(AttentionSpec one, AttentionSpec all) {
        List<Operand> shared = new ArrayList<>();
        for (Operand operand : Operand.values()) {
            if (one.has(operand) && Stack.isShared(one, all, operand)) {
                shared.add(operand);
            }
        }
        return shared;
    }

    @Test
    void callsAreStackedUnlessAnEntryKnowsItsPlace() {
        Map<String, List<Operand>> sharing = new HashMap<>();
        for (String option : GradientSpace.options().keySet()) {
            AttentionSpec one = GradientSpace.small(option);
            AttentionSpec all = Stack.spec(one, 5);
            assertEquals(NEVER.contains(option), all == null, option);
            if (all != null) {
                assertEquals(one.withHeads(10, 4, 2), all, option);
                sharing.put(option, shared(one, all));
            }
        }
        sharing.values().removeIf(List::isEmpty);
        List<Operand> rotary = List.of(Operand.ROTARY_COS, Operand.ROTARY_SIN);
        assertEquals(
                Map.of(
                        "ALiBi", List.of(Operand.ALIBI_SLOPES),
                        "additive", List.of(Operand.ADDITIVE_VECTOR),
                        "bias for all", List.of(Operand.BIAS),
                        "bias of queries", List.of(Operand.BIAS),
                        "rotary", rotary,
                        "rotary, neighbours", rotary,
                        "sink", List.of(Operand.SINK)),
                sharing);
    }

    @Test
    void functionsAndPagesAreNotStacked() {
        AttentionSpecBuilder plain =
                AttentionSpec.builder().heads(2).sequenceLength(8).headDim(4);
        assertNotNull(Stack.spec(plain.build(), 2));
        assertNull(Stack.spec(
                plain.score((score, place) -> score.plus(place.batch().toFloat()))
                        .build(),
                2));
        assertNull(Stack.spec(
                AttentionSpec.builder()
                        .heads(2)
                        .queryLength(1)
                        .keyLength(8)
                        .headDim(4)
                        .paged(16, 5)
                        .keyLengths()
                        .build(),
                2));
    }

    /** An output that is the sum over the entries of a batch would be the sum over all calls. */
    @Test
    void sumsOverTheBatchAreNotStacked() {
        for (String option : GradientSpace.options().keySet()) {
            AttentionSpec forward = GradientSpace.small(option);
            AttentionSpec one = forward.backward(GradientProblem.all(forward));
            boolean isSum = List.of("bias for all", "bias of queries", "ALiBi", "sink", "additive")
                    .contains(option);
            assertEquals(NEVER.contains(option) || isSum, Stack.spec(one, 5) == null, option);
        }
    }
}
