package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes, and what is filled in; operands are in {@link AttentionOperandsTest}. */
class AttentionSpecTest {
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().batch(2).heads(8).sequenceLength(10).headDim(64);
    }

    @Test
    void fillsInWhatIsUsual() {
        AttentionSpec spec =
                AttentionSpec.builder().heads(8).sequenceLength(10).headDim(64).build();
        assertEquals(1, spec.batch());
        assertEquals(8, spec.kvHeads());
        assertEquals(64, spec.valueDim());
        assertEquals(0.125f, spec.scale());
        assertEquals(Mask.none(), spec.mask());
        assertEquals(false, spec.returnLse());
    }

    @Test
    void countsElementsByShape() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(6)
                .kvHeads(3)
                .queryLength(5)
                .keyLength(7)
                .headDim(4)
                .valueDim(9)
                .build();
        assertEquals(2 * 6 * 5 * 4, spec.queryElements());
        assertEquals(2 * 3 * 7 * 4, spec.keyElements());
        assertEquals(2 * 3 * 7 * 9, spec.valueElements());
        assertEquals(2 * 6 * 5 * 9, spec.outElements());
        assertEquals(2 * 6 * 5, spec.lseElements());
        assertEquals(2, spec.groupSize());
    }

    @Test
    void equalPartsMakeEqualSpecs() {
        assertEquals(builder().causal().build(), builder().causal().build());
        assertEquals(
                builder().causal().build().hashCode(),
                builder().causal().build().hashCode());
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "batch, 0",
        "batch, -1",
        "heads, 0",
        "kvHeads, 0",
        "kvHeads, -2",
        "queryLength, 0",
        "keyLength, 0",
        "headDim, 0",
        "headDim, -5",
        "valueDim, 0"
    })
    void refusesSizesBelowOne(String name, int value) {
        Consumer<AttentionSpecBuilder> set =
                switch (name) {
                    case "batch" -> b -> b.batch(value);
                    case "heads" -> b -> b.heads(value);
                    case "kvHeads" -> b -> b.kvHeads(value);
                    case "queryLength" -> b -> b.queryLength(value);
                    case "keyLength" -> b -> b.keyLength(value);
                    case "headDim" -> b -> b.headDim(value);
                    default -> b -> b.valueDim(value);
                };
        assertEquals(name + " must be at least 1, but is " + value, refusal(set));
    }

    @Test
    void refusesHeadsThatKvHeadsDoNotDivide() {
        assertEquals(
                "heads must be a multiple of kvHeads, but heads=8 and kvHeads=3; each key/value head serves heads/kvHeads query heads",
                refusal(b -> b.kvHeads(3)));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void refusesAScaleThatIsNotFinite(float scale) {
        assertEquals(
                "scale must be finite, but is " + scale + "; leave it out for 1/sqrt(headDim) = 0.125",
                refusal(b -> b.scale(scale)));
    }

    @Test
    void refusesAHeadThatNoIndexReaches() {
        assertEquals(
                "one head of query must hold at most 2147483647 elements, but 100000000 x 64 = 6400000000; split the sequence into"
                        + " several calls",
                refusal(b -> b.queryLength(100_000_000)));
    }

    @Test
    void refusesNoMask() {
        assertThrows(NullPointerException.class, () -> builder().mask(null));
        assertThrows(NullPointerException.class, () -> builder().causal(null));
    }

    private static String refusal(Consumer<AttentionSpecBuilder> set) {
        AttentionSpecBuilder builder = builder();
        return assertThrows(IllegalArgumentException.class, () -> {
                    set.accept(builder);
                    builder.build();
                })
                .getMessage();
    }
}
