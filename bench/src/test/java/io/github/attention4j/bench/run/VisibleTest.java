package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Mask;
import org.junit.jupiter.api.Test;

class VisibleTest {
    private static AttentionSpecBuilder builder(int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(6)
                .kvHeads(3)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(8);
    }

    private static long pairs(AttentionSpec spec) {
        return Visible.pairs(spec.mask(), spec.queryLength(), spec.keyLength());
    }

    @Test
    void withoutAMaskAllPairsCount() {
        assertEquals(4.0 * 2 * 6 * 5 * 7 * 8, Visible.flops(builder(5, 7).build()));
    }

    @Test
    void ofACausalMaskOnlyTheLivePairsCount() {
        assertEquals(1 + 2 + 3 + 4 + 5, pairs(builder(5, 5).causal().build()));
        assertEquals(3 + 4 + 5, pairs(builder(3, 5).causal().build()));
        assertEquals(0 + 0 + 1 + 2 + 3, pairs(builder(5, 3).causal().build()));
        assertEquals(
                1 + 2 + 3 + 3 + 3,
                pairs(builder(5, 3).causal(Mask.Alignment.TOP_LEFT).build()));
    }

    @Test
    void ofAWindowOnlyTheLivePairsCount() {
        assertEquals(
                1 + 2 + 2 + 2 + 2, pairs(builder(5, 5).mask(Mask.window(1, 0)).build()));
        assertEquals(
                2 + 3 + 3 + 3 + 2, pairs(builder(5, 5).mask(Mask.window(1, 1)).build()));
        Mask early = Mask.window(1, 0, Mask.Alignment.TOP_LEFT);
        assertEquals(1 + 2 + 2, pairs(builder(3, 9).mask(early).build()));
        assertEquals(1 + 2 + 1 + 0 + 0, pairs(builder(5, 2).mask(early).build()), "rows behind the keys see none");
    }

    @Test
    void valuesOfAnotherSizeCountAsWhatTheyAre() {
        assertEquals(
                2.0 * 2 * 6 * 5 * 7 * (8 + 3),
                Visible.flops(builder(5, 7).valueDim(3).build()));
    }
}
