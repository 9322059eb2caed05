package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long GB = 1_000_000_000;

    /** A matrix of its scores has 8.6 GB. */
    private final AttentionSpec large =
            AttentionSpec.builder().heads(8).sequenceLength(16384).headDim(64).build();

    private final AttentionSpec small =
            AttentionSpec.builder().heads(2).sequenceLength(64).headDim(64).build();

    private final Admission admission = new Admission();

    @Test
    void plainLoopsSitOutWhatTakesTooLong() {
        String why = admission.obstacle(kind("loops"), large, 100 * GB);
        assertTrue(why.contains("more than 10 s"), why);
        assertEquals("", admission.obstacle(kind("loops"), small, 100 * GB));
    }

    @Test
    void whoWouldTakeMoreMemoryThanIsLeftDoesNotStart() {
        String why = admission.obstacle(kind("tensorflow"), large, 22 * GB);
        assertTrue(why.contains("17.2 GB") && why.contains("22.0 GB are free"), why);
        assertEquals("", admission.obstacle(kind("tensorflow"), large, 30 * GB));
    }

    @Test
    void whatOthersWillTakeIsCounted() {
        assertEquals("", admission.obstacle(kind("onnx-mha"), large, 20 * GB));
        String why = admission.obstacle(kind("onnx-gqa"), large, 20 * GB);
        assertTrue(why.contains("beside 8.6 GB"), why);
    }

    @Test
    void whoWorksByTilesAlwaysStarts() {
        assertEquals("", admission.obstacle(kind("pytorch"), large, 1));
        assertEquals("", admission.obstacle(kind("attention4j java"), large, 1));
    }

    @Test
    void whereMemoryIsNotKnownAllStart() {
        assertEquals("", admission.obstacle(kind("nd4j"), large, -1));
    }

    private static PeerKind kind(String name) {
        return PeerKind.all(List.of("java")).stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
