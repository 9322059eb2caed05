package io.github.attention4j.internal.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.UnsupportedByDeviceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadSplitTest {
    /** Messages name it. */
    private static final Device DEVICE = AttentionEngine.devices().get(0);

    @Test
    void bigCallsAreCutByHeads() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(3)
                .heads(8)
                .kvHeads(4)
                .sequenceLength(10)
                .headDim(4)
                .build();
        long kvHead = 2 * 10 * 4 * Float.BYTES; // its two query heads are the largest array
        assertEquals(1, HeadSplit.parts(spec, 12 * kvHead, DEVICE).size());
        List<HeadRange> byBatch = HeadSplit.parts(spec, 9 * kvHead, DEVICE);
        assertEquals(
                List.of(0L, 16L), byBatch.stream().map(HeadRange::firstHead).toList());
        assertEquals(2, byBatch.get(0).spec().batch());
        assertEquals(1, byBatch.get(1).spec().batch());
        List<HeadRange> byHead = HeadSplit.parts(spec, 3 * kvHead, DEVICE);
        assertEquals(6, byHead.size());
        assertEquals(
                List.of(0L, 6L, 8L, 14L, 16L, 22L),
                byHead.stream().map(HeadRange::firstHead).toList());
        assertEquals(
                List.of(0L, 3L, 4L, 7L, 8L, 11L),
                byHead.stream().map(HeadRange::firstKvHead).toList());
        assertThrows(UnsupportedByDeviceException.class, () -> HeadSplit.parts(spec, kvHead - 1, DEVICE));
    }
}
