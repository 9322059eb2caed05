package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.attention4j.AttentionSpec;
import org.junit.jupiter.api.Test;

class RearrangedTest {
    @Test
    void eachKeyHeadIsRepeatedForTheQueryHeadsThatShareIt() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(1)
                .keyLength(1)
                .headDim(2)
                .build();
        assertArrayEquals(
                new float[] {1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8},
                Rearranged.expand(spec, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2));
    }

    @Test
    void headsAndRowsAreExchangedAndBack() {
        float[] tensor = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; // one entry, two heads of three rows of two
        float[] swapped = Rearranged.swapHeadsAndRows(tensor, 1, 2, 3, 2);
        assertArrayEquals(new float[] {1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12}, swapped);
        assertArrayEquals(tensor, Rearranged.swapHeadsAndRows(swapped, 1, 3, 2, 2));
    }
}
