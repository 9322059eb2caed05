package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartCheckTest {
    private static final long GB = 1_000_000_000;

    /** A matrix of its scores has 8.6 GB. */
    private final AttentionSpec large =
            AttentionSpec.builder().heads(8).sequenceLength(16384).headDim(64).build();

    private final AttentionSpec small =
            AttentionSpec.builder().heads(2).sequenceLength(64).headDim(64).build();

    private final StartCheck check = new StartCheck();

    @Test
    void plainLoopsSitOutWhatTakesTooLong() {
        String why = check.obstacle(kind("loops"), large, 100 * GB);
        assertTrue(why.contains("more than 10 s"), why);
        assertEquals("", check.obstacle(kind("loops"), small, 100 * GB));
    }

    @Test
    void whoWouldTakeMoreMemoryThanIsLeftDoesNotStart() {
        String why = check.obstacle(kind("onnx-attention"), large, 22 * GB);
        assertTrue(why.contains("17.2 GB") && why.contains("22.0 GB are free"), why);
        assertEquals("", check.obstacle(kind("onnx-attention"), large, 30 * GB));
    }

    @Test
    void whatOthersWillTakeIsCounted() {
        assertEquals("", check.obstacle(kind("onnx-mha"), large, 20 * GB));
        String why = check.obstacle(kind("onnx-gqa"), large, 20 * GB);
        assertTrue(why.contains("beside 8.6 GB"), why);
    }

    @Test
    void whoWorksByTilesAlwaysStarts() {
        assertEquals("", check.obstacle(kind("pytorch"), large, 1));
        assertEquals("", check.obstacle(kind("attention4j java"), large, 1));
    }

    @Test
    void whereMemoryIsNotKnownAllStart() {
        assertEquals("", check.obstacle(kind("onnx-attention"), large, -1));
    }

    private static PeerKind kind(String name) {
        return PeerKind.all(List.of("java")).stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
