package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.bench.attention.Visible;
import org.junit.jupiter.api.Test;

class VisibleTest {
    private static AttentionSpec.Builder builder(int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(6)
                .kvHeads(3)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(8);
    }

    @Test
    void withoutAMaskAllPairsCount() {
        assertEquals(4.0 * 2 * 6 * 5 * 7 * 8, Visible.flops(builder(5, 7).build()));
    }

    @Test
    void ofACausalMaskOnlyTheLivePairsCount() {
        assertEquals(1 + 2 + 3 + 4 + 5, Visible.pairs(builder(5, 5).causal().build()));
        assertEquals(3 + 4 + 5, Visible.pairs(builder(3, 5).causal().build()));
        assertEquals(0 + 0 + 1 + 2 + 3, Visible.pairs(builder(5, 3).causal().build()));
        assertEquals(
                1 + 2 + 3 + 3 + 3,
                Visible.pairs(builder(5, 3).causal(Mask.Alignment.TOP_LEFT).build()));
    }

    @Test
    void valuesOfAnotherSizeCountAsWhatTheyAre() {
        assertEquals(
                2.0 * 2 * 6 * 5 * 7 * (8 + 3),
                Visible.flops(builder(5, 7).valueDim(3).build()));
    }
}
